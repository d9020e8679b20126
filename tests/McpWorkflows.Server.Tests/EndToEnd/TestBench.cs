using System.Diagnostics;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>A folder to work in, a journal, a model server, and the real executable to run against them.</summary>
internal sealed class TestBench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder folder = new();

    private TestBench(ModelServer model) => Model = model;

    public ModelServer Model { get; }

    public string Workspace => folder.Path;

    /// <summary>Where <c>OPENAI_BASE_URL</c> points: to the model server unless changed.</summary>
    public string? BaseUrl { get; set; }

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
        ["OPENAI_BASE_URL"] = BaseUrl ?? Model.BaseUrl,
        ["OPENAI_API_KEY"] = "test-key",
        ["MCPWORKFLOWS_MODEL"] = "openai/test-model",
    };

    public static string Example(string script) => Path.Combine(Repository, "examples", script);

    public static async Task<TestBench> StartAsync(Func<ModelCall, ModelReply> handler) => new(await ModelServer.StartAsync(handler));

    /// <summary>For what must go without a model.</summary>
    public static Task<TestBench> StartWithoutModelAsync() => StartAsync(_ => ModelReply.Error(418, "Nobody should have asked.", "unexpected"));

    public string Write(string name, string body) =>
        folder.Write($"{name}.js", $"export const meta = {{ name: '{name}', description: 'a test' }}\n{body}");

    public async Task<CliResult> RunAsync(params string[] arguments)
    {
        var process = await ServerProcess.RunAsync(Workspace, Environment, arguments);
        return new CliResult(process.ExitCode, process.Output, process.Error);
    }

    public Process Start(params string[] arguments) => ServerProcess.Start(Workspace, Environment, arguments);

    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        folder.Dispose();
    }
}
