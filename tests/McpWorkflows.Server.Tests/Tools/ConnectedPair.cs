using System.IO.Pipelines;
using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Stdio;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Tools;

/// <summary>A real client and the server, joined by pipes, with agents that the test plays.</summary>
internal sealed class ConnectedPair : IAsyncDisposable
{
    private const int LongWait = 30;

    private readonly CancellationTokenSource stop = new();
    private readonly TempFolder folder = new();
    private readonly Workbench workbench;
    private readonly Task serving;

    private ConnectedPair(IAgentHost? agents, Pipe toServer, Pipe toClient)
    {
        workbench = new Workbench(new WorkbenchOptions { Workspace = folder.Path, InMemory = true, Model = "openai/test-model" }, agents);
        serving = StdioServer.ServeAsync(
            new LineTransport(toServer.Reader.AsStream(), toClient.Writer.AsStream(), NullLoggerFactory.Instance),
            new ServerSurface(workbench, new SurfaceOptions(), NullLogger.Instance, TimeProvider.System),
            workbench,
            NullLoggerFactory.Instance,
            stop.Token);
    }

    public McpClient Client { get; private set; } = null!;

    public TempFolder Folder => folder;

    public Workbench Workbench => workbench;

    /// <param name="agents">None: the server's own, as the environment configures them.</param>
    public static async Task<ConnectedPair> OpenAsync(IAgentHost? agents, string? protocol = null, McpClientHandlers? handlers = null)
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        var pair = new ConnectedPair(agents, toServer, toClient);
        pair.Client = await McpClient.CreateAsync(
            new StreamClientTransport(toServer.Writer.AsStream(), toClient.Reader.AsStream()),
            new McpClientOptions { ProtocolVersion = protocol, Handlers = handlers ?? new McpClientHandlers() });
        return pair;
    }

    public Task<CallToolResult> CallAsync(
        string tool, object arguments, IProgress<ProgressNotificationValue>? progress = null, CancellationToken cancellationToken = default) =>
        Client.CallToolAsync(
            tool,
            JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value),
            progress,
            cancellationToken: cancellationToken).AsTask();

    /// <summary>The answer of a call that must succeed, after half a minute's wait the end of its run; checks that text and structure are the same.</summary>
    public async Task<JsonElement> AnswerAsync(string tool, object arguments, IProgress<ProgressNotificationValue>? progress = null)
    {
        var result = await CallAsync(tool, arguments, progress);
        var text = Text(result);
        Assert.False(result.IsError is true, text);
        var answer = result.StructuredContent!.Value;
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(text).RootElement, answer), text);
        return IsToEnd(arguments) && answer.TryGetProperty("state", out var state) && state.GetString() == "running"
            ? await AnswerAsync("get_status", new { runId = answer.GetProperty("runId").GetString(), waitSeconds = LongWait }, progress)
            : answer;
    }

    public async Task<string> RefusalAsync(string tool, object arguments)
    {
        var result = await CallAsync(tool, arguments);
        Assert.True(result.IsError, Text(result));
        return Text(result);
    }

    // On a busy machine a run may take longer than one call may wait.
    private static bool IsToEnd(object arguments) =>
        JsonSerializer.SerializeToElement(arguments).TryGetProperty("waitSeconds", out var wait) && wait.GetInt32() >= LongWait;

    public static string Text(CallToolResult result) => Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;

    /// <summary>The client goes away; returns when the server has seen it.</summary>
    public async Task LeaveAsync()
    {
        await Client.DisposeAsync();
        await stop.CancelAsync();
        await serving.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        await workbench.DisposeAsync();
        folder.Dispose();
        stop.Dispose();
    }
}
