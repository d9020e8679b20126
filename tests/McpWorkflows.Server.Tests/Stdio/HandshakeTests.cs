using System.IO.Pipelines;
using System.Text.Json;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Stdio;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Server.Tests.Tools;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpWorkflows.Server.Tests.Stdio;

public class HandshakeTests
{
    private const string Discover = """
        {"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}
        """;

    private const string Initialize = """
        {"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // On a busy machine clients gave up their first question, went on as with an older server, and were refused.
    [Fact]
    public async Task Client_ThatGaveUpAskingForTheNewestRevision_IsServedAsItBeganAfterwards()
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        using var folder = new TempFolder();
        await using var workbench = new Workbench(new WorkbenchOptions { Workspace = folder.Path, InMemory = true, Model = "openai/test-model" }, new ScriptedAgents());
        using var stop = new CancellationTokenSource();
        var serving = StdioServer.ServeAsync(
            new LineTransport(toServer.Reader.AsStream(), toClient.Writer.AsStream(), NullLoggerFactory.Instance),
            new ServerSurface(workbench, new SurfaceOptions(), NullLogger.Instance, TimeProvider.System),
            workbench,
            NullLoggerFactory.Instance,
            stop.Token);
        await using var writer = new StreamWriter(toServer.Writer.AsStream()) { AutoFlush = true };
        using var reader = new StreamReader(toClient.Reader.AsStream());

        var discovered = await AskAsync(Discover);
        await writer.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""");
        var initialized = await AskAsync(Initialize);
        await writer.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        var listed = await AskAsync("""{"jsonrpc":"2.0","id":3,"method":"tools/list"}""");

        Assert.Equal("2026-07-28", discovered.GetProperty("supportedVersions")[0].GetString());
        Assert.Equal("2025-11-25", initialized.GetProperty("protocolVersion").GetString());
        Assert.Equal(SurfaceOptions.AllTools.Count, listed.GetProperty("tools").GetArrayLength());
        await stop.CancelAsync();
        await serving.ContinueWith(_ => { }, TaskScheduler.Default);

        async Task<JsonElement> AskAsync(string request)
        {
            await writer.WriteLineAsync(request.Trim());
            var answer = JsonDocument.Parse((await reader.ReadLineAsync(Cancellation).AsTask().WaitAsync(ServerProcess.Timeout, Cancellation))!).RootElement;
            return answer.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException(answer.GetRawText());
        }
    }
}
