using System.Diagnostics;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>A folder to work in, a journal, a model server, and the real executable to run against them.</summary>
internal sealed class TestBench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = ServerProcess.Timeout;

    private readonly TempFolder folder = new();

    private TestBench(ModelServer model)
    {
        Model = model;
        JournalPath = folder.Environment["MCPWORKFLOWS_JOURNAL"];
    }

    public ModelServer Model { get; }

    public string Workspace => folder.Path;

    /// <summary>In the workspace unless changed.</summary>
    public string JournalPath { get; set; }

    /// <summary>Where <c>OPENAI_BASE_URL</c> points: to the model server unless changed.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>A further policy; null for none.</summary>
    public string? Policy { get; set; }

    public static string Repository
    {
        get
        {
            var at = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(at.FullName, "McpWorkflows.sln")))
            {
                at = at.Parent ?? throw new InvalidOperationException("The tests do not stand in the repository.");
            }

            return at.FullName;
        }
    }

    public Dictionary<string, string> Environment => new(folder.Environment)
    {
        ["MCPWORKFLOWS_JOURNAL"] = JournalPath,
        ["OPENAI_BASE_URL"] = BaseUrl ?? Model.BaseUrl,
        ["OPENAI_API_KEY"] = "test-key",
        ["MCPWORKFLOWS_MODEL"] = "openai/test-model",
        ["MCPWORKFLOWS_POLICY"] = Policy ?? "",
    };

    public static string Example(string script) => Path.Combine(Repository, "examples", script);

    public static async Task<TestBench> StartAsync(Func<ModelCall, ModelReply> handler) => new(await ModelServer.StartAsync(handler));

    /// <summary>For what must go without a model.</summary>
    public static Task<TestBench> StartWithoutModelAsync() => StartAsync(_ => ModelReply.Error(418, "Nobody should have asked.", "unexpected"));

    public string Write(string name, string body) => Write("", name, body);

    /// <summary>Saves a workflow under its name.</summary>
    public string Save(string name, string body) => Write(".mcpworkflows/workflows/", name, body);

    public async Task<CliResult> RunAsync(params string[] arguments)
    {
        var process = await ServerProcess.RunAsync(Workspace, Environment, arguments);
        return new CliResult(process.ExitCode, process.Output, process.Error);
    }

    public Process Start(params string[] arguments) => ServerProcess.Start(Workspace, Environment, arguments);

    /// <summary>With variables of its own over the bench's.</summary>
    public Process Start(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var environment = Environment;
        foreach (var (name, value) in variables)
            environment[name] = value;
        return ServerProcess.Start(Workspace, environment, arguments);
    }

    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        folder.Dispose();
    }

    private string Write(string place, string name, string body) =>
        folder.Write($"{place}{name}.js", $"export const meta = {{ name: '{name}', description: 'a test' }}\n{body}");
}
