using System.Diagnostics;
using System.Text.Json;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tests.Conformance;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Server.Tests.Tools;

namespace McpWorkflows.Server.Tests.Stdio;

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
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","id":"unknown","method":"tools/destroy"}""");
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","id":"after","method":"tools/list"}""");
        await process.StandardInput.FlushAsync(Cancellation);
        var deep = await UntilAsync(process, "\"id\":9");
        var (unknown, answer) = await BothAsync(process, "\"id\":\"unknown\"", "\"id\":\"after\"");
        process.StandardInput.Close();
        var end = await ServerProcess.EndAsync(process);

        Assert.Contains("64 levels", deep.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(-32601, unknown.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Contains("dropped", end.Error);
        Assert.Equal(SurfaceOptions.AllTools.Count, answer.GetProperty("result").GetProperty("tools").GetArrayLength());
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

    [Fact]
    public async Task Line_Of100Megabytes_IsRefusedByItsIdAndNeverHeld()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is measured in /proc.");
        using var folder = new TempFolder();
        using var process = ServerProcess.Start(folder.Path, folder.Environment, "serve", "--model", "rehearsal");
        await process.StandardInput.WriteLineAsync(Initialize);
        await process.StandardInput.FlushAsync(Cancellation);
        await UntilAsync(process, "\"id\":1");
        var before = ProcessMemory.PeakMegabytes(process);
        var megabyte = new string('x', 1024 * 1024);

        await process.StandardInput.WriteAsync("""{"method":"tools/call","params":{"name":"start_workflow","arguments":{"script":" """);
        for (var i = 0; i < 100; i++)
            await process.StandardInput.WriteAsync(megabyte);
        await process.StandardInput.WriteLineAsync("\"}},\"jsonrpc\":\"2.0\",\"id\":2}");
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","id":3,"method":"tools/list"}""");
        await process.StandardInput.FlushAsync(Cancellation);
        var refused = await UntilAsync(process, "\"id\":2");
        await UntilAsync(process, "\"id\":3");
        var grown = ProcessMemory.PeakMegabytes(process) - before;
        process.StandardInput.Close();
        await ServerProcess.EndAsync(process);

        Suites.Report($"a line of 100 MB over stdio: the server grows by {grown:0} MB");
        Assert.Contains("is the most", refused.GetProperty("error").GetProperty("message").GetString());
        Assert.True(grown < 80, $"{grown:0} MB");
    }

    [Fact]
    public async Task Client_ThatNeverReads_IsNotReadFromEither_AndGetsEverythingOnceItReads()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is measured in /proc.");
        const int Requests = 20_000;
        using var folder = new TempFolder();
        using var process = ServerProcess.Start(folder.Path, folder.Environment, "serve", "--model", "rehearsal");
        await process.StandardInput.WriteLineAsync(Initialize);
        await process.StandardInput.FlushAsync(Cancellation);
        await UntilAsync(process, "\"id\":1");
        var before = ProcessMemory.PeakMegabytes(process);

        // Each answer has 8 KB: together 160 MB, which nobody reads as yet.
        var sent = 0;
        var writing = Task.Run(
            async () =>
            {
                for (var i = 0; i < Requests; i++, Volatile.Write(ref sent, i))
                {
                    await process.StandardInput.WriteLineAsync($"{{\"jsonrpc\":\"2.0\",\"id\":{i + 10},\"method\":\"tools/list\"}}");
                    await process.StandardInput.FlushAsync(Cancellation);
                }
            },
            Cancellation);
        var last = -1;
        for (var now = Volatile.Read(ref sent); now != last; now = Volatile.Read(ref sent))
        {
            last = now;
            await Task.WhenAny(writing, Task.Delay(TimeSpan.FromSeconds(2), Cancellation));
        }

        var held = ProcessMemory.PeakMegabytes(process) - before;
        Assert.False(writing.IsCompleted, "The server takes requests although nobody reads its answers.");
        for (var answered = 0; answered < Requests; answered++)
            Assert.NotNull(await process.StandardOutput.ReadLineAsync(Cancellation).AsTask().WaitAsync(ServerProcess.Timeout, Cancellation));
        await writing;
        process.StandardInput.Close();
        await ServerProcess.EndAsync(process);

        Suites.Report($"a client that does not read: {last:N0} requests taken, then no more; the server grows by {held:0} MB");
        Assert.True(held < 120, $"{held:0} MB");
    }

    [Fact]
    public async Task Requests_MoreThanTheBoundAtOnce_AreRefusedWithASentenceAndTheRestServed()
    {
        var agents = new ScriptedAgents { Gated = true };
        await using var pair = await ConnectedPair.OpenAsync(agents);
        var started = await pair.AnswerAsync("start_workflow", new { script = "export const meta = { name: 'one', description: 'One' }\nreturn await agent('hello')\n" });
        await agents.Started;
        var runId = started.GetProperty("runId").GetString()!;

        const int Bound = 1_024;
        const int TooMany = 76;
        var waits = Enumerable.Range(0, Bound + TooMany).Select(_ => pair.CallAsync("get_status", new { runId, waitSeconds = 45 })).ToList();
        foreach (var _ in Enumerable.Range(0, TooMany))
        {
            var refused = await Task.WhenAny(waits);
            waits.Remove(refused);
            Assert.Contains("under way already", (await Assert.ThrowsAnyAsync<ModelContextProtocol.McpException>(() => refused)).Message);
        }

        agents.Open();
        await Task.WhenAll(waits);

        Assert.Equal(Bound, waits.Count);
        Assert.Equal("completed", (await pair.AnswerAsync("get_status", new { runId })).GetProperty("state").GetString());
    }

    // Two answers in whichever order they come.
    private static async Task<(JsonElement First, JsonElement Second)> BothAsync(Process process, string first, string second)
    {
        JsonElement? one = null, other = null;
        while (one is null || other is null)
        {
            var line = await process.StandardOutput.ReadLineAsync(Cancellation).AsTask().WaitAsync(ServerProcess.Timeout, Cancellation) ?? throw new EndOfStreamException();
            if (line.Contains(first, StringComparison.Ordinal))
                one = JsonDocument.Parse(line).RootElement;
            if (line.Contains(second, StringComparison.Ordinal))
                other = JsonDocument.Parse(line).RootElement;
        }

        return (one.Value, other.Value);
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
