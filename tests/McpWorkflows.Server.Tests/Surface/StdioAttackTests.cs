using System.Diagnostics;
using System.Text.Json;
using McpWorkflows.Server.Tests.Processes;

namespace McpWorkflows.Server.Tests.Surface;

public class StdioAttackTests
{
    private const string Initialize = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_Malformed_AreSurvivedAndTheNextIsAnswered()
    {
        using var folder = new TempFolder();
        using var process = ServerProcess.Start(folder.Path, folder.Environment, "serve", "--model", "rehearsal");
        string[] rubbish =
        [
            "not json", "{\"jsonrpc\":\"2.0\"", "[1,2,3]", "null", "{}", "", "\u0000\u0001", "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":" + new string('[', 5_000) + new string(']', 5_000) + "}",
            "{\"jsonrpc\":\"2.0\",\"id\":77,\"result\":{}}", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":4711}}",
        ];

        await process.StandardInput.WriteLineAsync(Initialize);
        foreach (var line in rubbish)
            await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","id":"after","method":"tools/list"}""");
        await process.StandardInput.FlushAsync(Cancellation);
        var answer = await UntilAsync(process, "\"id\":\"after\"");
        process.StandardInput.Close();
        var end = await ServerProcess.EndAsync(process);

        Assert.Equal(5, answer.GetProperty("result").GetProperty("tools").GetArrayLength());
        Assert.Equal(0, end.ExitCode);
    }

    [Fact]
    public async Task Ids_UsedTwice_AreAnsweredTwice()
    {
        using var folder = new TempFolder();
        using var process = ServerProcess.Start(folder.Path, folder.Environment, "serve", "--model", "rehearsal");
        await process.StandardInput.WriteLineAsync(Initialize);
        for (var i = 0; i < 2; i++)
            await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"list_workflows","arguments":{}}}""");
        await process.StandardInput.FlushAsync(Cancellation);

        var first = await UntilAsync(process, "\"id\":5");
        var second = await UntilAsync(process, "\"id\":5");
        process.StandardInput.Close();
        await ServerProcess.EndAsync(process);

        Assert.All([first, second], answer => Assert.True(answer.TryGetProperty("result", out _)));
    }

    private static async Task<JsonElement> UntilAsync(Process process, string part)
    {
        while (await process.StandardOutput.ReadLineAsync(Cancellation).AsTask().WaitAsync(ServerProcess.Timeout, Cancellation) is { } line)
        {
            // Whatever comes is protocol.
            var message = JsonDocument.Parse(line).RootElement;
            if (line.Contains(part, StringComparison.Ordinal))
                return message;
        }

        throw new EndOfStreamException(await process.StandardError.ReadToEndAsync(Cancellation));
    }
}
