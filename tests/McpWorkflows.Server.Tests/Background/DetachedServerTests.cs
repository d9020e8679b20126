using System.Diagnostics;
using System.Text.Json;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Background;

public class DetachedServerTests
{
    private const string TwoAgents = "export const meta = { name: 'two', description: 'Two agents' }\nconst a = await agent('first')\nreturn a + ' ' + await agent('second')\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_Exits_TheRunGoesOnAndTheNextClientFindsIt()
    {
        var gate = new TaskCompletionSource();
        await using var model = await GatedModelAsync(gate.Task);
        using var folder = new DetachedFolder(model);
        string runId;
        await using (var first = await folder.ConnectAsync("serve", "--detach"))
        {
            runId = (await CallAsync(first, "start_workflow", new() { ["script"] = TwoAgents })).GetProperty("runId").GetString()!;
            await model.Log.WaitForCallsAsync(1, ServerProcess.Timeout);
        }

        gate.SetResult();
        await using var second = await folder.ConnectAsync("serve", "--detach");
        var answer = await CallAsync(second, "get_status", new() { ["runId"] = runId, ["waitSeconds"] = 45 });

        Assert.Equal("completed", answer.GetProperty("state").GetString());
        Assert.Equal("ok ok", answer.GetProperty("result").GetString());
        Assert.Equal(2, model.Log.Count);
    }

    [Fact]
    public async Task Server_Killed_TheRunReadsInterruptedAndTheNextServerResumesIt()
    {
        var gate = new TaskCompletionSource();
        await using var model = await GatedModelAsync(gate.Task);
        using var folder = new DetachedFolder(model);
        await using var first = await folder.ConnectAsync("serve", "--detach");
        var runId = (await CallAsync(first, "start_workflow", new() { ["script"] = TwoAgents })).GetProperty("runId").GetString()!;
        await model.Log.WaitForCallsAsync(1, ServerProcess.Timeout);

        await folder.KillServerAsync();
        gate.SetResult();
        await using var second = await folder.ConnectAsync("serve", "--detach");
        var interrupted = await CallAsync(second, "get_status", new() { ["runId"] = runId });
        var resumed = await CallAsync(second, "resume", new() { ["runId"] = runId, ["waitSeconds"] = 45 });

        Assert.Equal("interrupted", interrupted.GetProperty("state").GetString());
        Assert.Equal("completed", resumed.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Server_KilledAndStartedToResume_TheRunGoesOnByItselfAndNothingIsAskedTwice()
    {
        var gate = new TaskCompletionSource();
        await using var model = await ModelServer.StartAsync(async (call, cancellationToken) =>
        {
            if (call.Prompt.Contains("second", StringComparison.Ordinal))
                await gate.Task.WaitAsync(cancellationToken);
            return ModelReply.Text("ok");
        });
        using var folder = new DetachedFolder(model);
        await using var first = await folder.ConnectAsync("serve", "--detach");
        var runId = (await CallAsync(first, "start_workflow", new() { ["script"] = TwoAgents })).GetProperty("runId").GetString()!;
        await model.Log.WaitForCallsAsync(2, ServerProcess.Timeout);

        await folder.KillServerAsync();
        Assert.True(File.Exists(folder.SocketPath));
        gate.SetResult();
        await using var second = await folder.ConnectAsync("serve", "--detach", "--resume-interrupted");
        await model.Log.WaitForCallsAsync(3, ServerProcess.Timeout);
        var answer = await CallAsync(second, "get_status", new() { ["runId"] = runId, ["waitSeconds"] = 45 });

        Assert.Equal("completed", answer.GetProperty("state").GetString());
        Assert.Equal(3, model.Log.Count);
    }

    [Fact]
    public async Task Server_TwoClientsStartAtOnce_ShareOne()
    {
        await using var model = await GatedModelAsync(Task.CompletedTask);
        using var folder = new DetachedFolder(model);

        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => folder.ConnectAsync("serve", "--detach")));
        await Task.WhenAll(clients.Select(client => CallAsync(client, "list_workflows", [])));
        using var status = JsonDocument.Parse((await ServerProcess.RunAsync(folder.Path, folder.Environment, "background", "status", "--json")).Output);
        foreach (var client in clients)
            await client.DisposeAsync();

        Assert.Equal(4, status.RootElement.GetProperty("connections").GetInt32());
    }

    [Fact]
    public async Task Server_ThatIsStopped_HoldsUpNobodyWhoCanDoWithoutIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals.");
        await using var model = await GatedModelAsync(Task.CompletedTask);
        using var folder = new DetachedFolder(model);
        await using var first = await folder.ConnectAsync("serve", "--detach");
        var server = await folder.ServerIdAsync();
        await SignalAsync("-STOP", server);
        folder.SetPatience(TimeSpan.FromSeconds(1));
        try
        {
            await using var second = await folder.ConnectAsync("serve");
            var status = await ServerProcess.RunAsync(folder.Path, folder.Environment, "background", "status");

            Assert.NotEmpty(await second.ListToolsAsync(cancellationToken: Cancellation));
            Assert.Contains("No background server answers", status.Output);
            Assert.Null(await folder.Client.ConnectAsync(folder.Path, null, new SurfaceOptions(), isRequired: false, Cancellation));
        }
        finally
        {
            await SignalAsync("-CONT", server);
            folder.SetPatience(ServerProcess.Timeout);
        }
    }

    [Theory]
    [InlineData("""{ "detach": true }""", null, 1)]
    [InlineData("""{ "detach": true }""", "off", null)]
    [InlineData("""{ "detach": false }""", "on", 1)]
    [InlineData("""{ "detach": """, null, null)]
    public async Task Setting_Detach_CountsUnlessTheEnvironmentSaysOtherwise(string settings, string? variable, int? connections)
    {
        await using var model = await GatedModelAsync(Task.CompletedTask);
        using var folder = new DetachedFolder(model, detach: variable);
        folder.Write("home/.mcpworkflows/settings.json", settings);
        await using var client = await folder.ConnectAsync("serve");

        Assert.NotEmpty(await client.ListToolsAsync(cancellationToken: Cancellation));
        using var status = JsonDocument.Parse((await ServerProcess.RunAsync(folder.Path, folder.Environment, "background", "status", "--json")).Output);

        Assert.Equal(connections, status.RootElement.TryGetProperty("connections", out var found) ? found.GetInt32() : null);
    }

    [Fact]
    public async Task Server_NobodyThereAndNothingToDo_Ends()
    {
        await using var model = await GatedModelAsync(Task.CompletedTask);
        using var folder = new DetachedFolder(model, idleSeconds: 1);
        Process server;
        await using (var client = await folder.ConnectAsync("serve", "--detach"))
        {
            await CallAsync(client, "list_workflows", []);
            server = Process.GetProcessById(await folder.ServerIdAsync());
        }

        await server.WaitForExitAsync(Cancellation).WaitAsync(ServerProcess.Timeout, Cancellation);
        var status = await ServerProcess.RunAsync(folder.Path, folder.Environment, "background", "status");

        Assert.Contains("No background server answers", status.Output);
    }

    [Fact]
    public async Task Serve_WithoutDetach_ReusesAServerThatRuns()
    {
        await using var model = await GatedModelAsync(Task.CompletedTask);
        using var folder = new DetachedFolder(model);
        await using var first = await folder.ConnectAsync("serve", "--detach");
        await using var second = await folder.ConnectAsync("serve");
        await using var third = await folder.ConnectAsync("serve", "--detach", "false");
        await Task.WhenAll(CallAsync(first, "list_workflows", []), CallAsync(second, "list_workflows", []), CallAsync(third, "list_workflows", []));

        using var status = JsonDocument.Parse((await ServerProcess.RunAsync(folder.Path, folder.Environment, "background", "status", "--json")).Output);

        Assert.Equal(2, status.RootElement.GetProperty("connections").GetInt32());
    }

    [Fact]
    public async Task Socket_IsForItsUserAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Unix file modes.");
            return;
        }

        await using var model = await GatedModelAsync(Task.CompletedTask);
        using var folder = new DetachedFolder(model);
        await using var client = await folder.ConnectAsync("serve", "--detach");

        var run = Path.Combine(folder.Path, "run", "mcp-workflows");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(run));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(run, "*.sock"))));
    }

    [Fact]
    public async Task Socket_FolderOpenToOthers_IsRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Unix file modes.");
            return;
        }

        await using var model = await GatedModelAsync(Task.CompletedTask);
        using var folder = new DetachedFolder(model);
        Directory.CreateDirectory(
            Path.Combine(folder.Path, "run", "mcp-workflows"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        var result = await ServerProcess.RunAsync(folder.Path, folder.Environment, "serve", "--detach");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("chmod 700", result.Error);
    }

    private static async Task SignalAsync(string signal, int processId)
    {
        using var kill = Process.Start("/bin/kill", [signal, $"{processId}"]);
        await kill.WaitForExitAsync(Cancellation);
    }

    private static Task<ModelServer> GatedModelAsync(Task gate) => ModelServer.StartAsync(async (_, cancellationToken) =>
    {
        await gate.WaitAsync(cancellationToken);
        return ModelReply.Text("ok");
    });

    private static async Task<JsonElement> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var result = await client.CallToolAsync(tool, arguments, cancellationToken: Cancellation);
        Assert.False(result.IsError is true, string.Join(' ', result.Content.OfType<TextContentBlock>().Select(block => block.Text)));
        return result.StructuredContent!.Value;
    }
}
