using System.Diagnostics;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>A folder to work in, a journal, a model server, and the real executable to run against them.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mcp-workflows-e2e-");

    private Workbench(ModelServer model) => Model = model;

    public ModelServer Model { get; }

    public string Workspace => folder.CreateSubdirectory("workspace").FullName;

    /// <summary>Where <c>OPENAI_BASE_URL</c> points; the model server unless changed.</summary>
    public string BaseUrl { get; set; } = "";

    /// <summary>The build that goes with this test's own.</summary>
    public static string Executable
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(here.Parent!.Parent!.FullName, "McpWorkflows.Server", here.Name, "mcp-workflows.dll");
        }
    }

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

    public static async Task<Workbench> StartAsync(Func<ModelCall, ModelReply> handler)
    {
        var model = await ModelServer.StartAsync(handler);
        return new Workbench(model) { BaseUrl = model.BaseUrl };
    }

    public async Task<string> WriteScriptAsync(string name, string body)
    {
        var path = Path.Combine(folder.FullName, $"{name}.js");
        await File.WriteAllTextAsync(path, $"export const meta = {{ name: '{name}', description: 'a test' }}\n{body}");
        return path;
    }

    public async Task<CliResult> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"'{string.Join(' ', arguments)}' did not end. It said:\n{await output}{await errors}");
        }

        return new CliResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts the executable with both outputs redirected and without settings of the machine it runs on.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Executable, .. arguments])
        {
            WorkingDirectory = Workspace,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OPENAI_", StringComparison.Ordinal) || name.StartsWith("MCPWORKFLOWS_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in Settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public Dictionary<string, string> Settings => new()
    {
        ["OPENAI_BASE_URL"] = BaseUrl,
        ["OPENAI_API_KEY"] = "test-key",
        ["MCPWORKFLOWS_MODEL"] = "openai/test-model",
        ["MCPWORKFLOWS_JOURNAL"] = Path.Combine(folder.FullName, "journal", "journal.db"),
    };

    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
