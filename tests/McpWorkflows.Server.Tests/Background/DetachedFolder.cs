using System.Diagnostics;
using System.Text.Json;
using McpWorkflows.Server.Background;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;
using ModelContextProtocol.Client;

namespace McpWorkflows.Server.Tests.Background;

/// <summary>A user with a background server of their own, which ends with the test.</summary>
internal sealed class DetachedFolder : IDisposable
{
    private readonly TempFolder folder;
    private readonly Dictionary<string, string> environment;

    public DetachedFolder(ModelServer model, int idleSeconds = 60, string? detach = null)
    {
        folder = new TempFolder().With(model);
        environment = new Dictionary<string, string>(folder.Environment)
        {
            ["XDG_RUNTIME_DIR"] = System.IO.Path.Combine(folder.Path, "run"),
            ["MCPWORKFLOWS_BACKGROUND_IDLE_SECONDS"] = $"{idleSeconds}",
            ["MCPWORKFLOWS_MODEL"] = "openai/test-model",
        };
        // However busy the machine is: a server that is there is found.
        SetPatience(ServerProcess.Timeout);
        if (detach is not null)
            environment["MCPWORKFLOWS_DETACH"] = detach;
    }

    public string Path => folder.Path;

    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <summary>Where its server listens, once there is one.</summary>
    public string SocketPath => Endpoint.SocketPath;

    public BackgroundClient Client => new(Endpoint, Environment["MCPWORKFLOWS_JOURNAL"], BackgroundPatience.Read(environment.GetValueOrDefault), TimeProvider.System);

    private LocalEndpoint Endpoint => LocalEndpoint.In(System.IO.Path.Combine(Path, "run", "mcp-workflows"), Environment["MCPWORKFLOWS_JOURNAL"]);

    public Task<McpClient> ConnectAsync(params string[] arguments) => McpClient.CreateAsync(
        new StdioClientTransport(new StdioClientTransportOptions
        {
            Command = ServerProcess.Executable,
            Arguments = arguments,
            WorkingDirectory = Path,
            InheritEnvironmentVariables = false,
            EnvironmentVariables = StdioClientTransportOptions.GetDefaultEnvironmentVariables()
                .Concat(Environment.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
                .GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value),
        }),
        cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>How long the processes to come wait for the background server.</summary>
    public void SetPatience(TimeSpan patience) => environment["MCPWORKFLOWS_BACKGROUND_PATIENCE_SECONDS"] = $"{patience.TotalSeconds}";

    public string Write(string name, string text) => folder.Write(name, text);

    public async Task<int> ServerIdAsync()
    {
        var status = await ServerProcess.RunAsync(Path, Environment, "background", "status", "--json");
        using var json = JsonDocument.Parse(status.Output);
        Assert.True(json.RootElement.GetProperty("running").GetBoolean(), status.Output + status.Error);
        return json.RootElement.GetProperty("processId").GetInt32();
    }

    public async Task KillServerAsync()
    {
        using var server = Process.GetProcessById(await ServerIdAsync());
        server.Kill();
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        ServerProcess.RunAsync(Path, Environment, "background", "stop").GetAwaiter().GetResult();
        folder.Dispose();
    }
}
