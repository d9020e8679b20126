using System.Diagnostics;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>A server takes up what dead processes left.</summary>
public sealed class AutoResumeTests
{
    private const string Wide = "return (await parallel(Array.from({ length: 60 }, (_, i) => () => agent(`Task ${i}`)))).length";

    [Fact]
    public async Task Serve_WithResumeInterrupted_FinishesAKilledRun()
    {
        // Nobody answers from there on: the kill meets a run that is at work, however late it comes.
        await using var bench = await TestBench.StartAsync(call => call.Number > 30 ? ModelReply.Hang() : ModelReply.Text("done").After(TimeSpan.FromMilliseconds(30)));
        var script = bench.Write("wide", Wide);
        using (var process = bench.Start("run", script))
        {
            await bench.Model.Log.WaitForCallsAsync(30, TestBench.Patience);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        bench.Model.Handler = (_, _) => Task.FromResult(ModelReply.Text("done"));
        await bench.Model.Log.WaitAsync(log => log.InFlight == 0, TestBench.Patience);
        Assert.Equal("interrupted", await StateAsync(bench));
        using var server = bench.Start("serve", "--resume-interrupted");

        await EndsAsync(bench, server, "completed");

        var asked = bench.Model.Log.OpeningsByPrompt();
        Assert.Equal(60, asked.Count);
        Assert.InRange(asked.Values.Count(times => times > 1), 0, 16);
    }

    [Fact]
    public async Task Serve_AfterAQuestionTimedOut_GoesOnWithTheDefault()
    {
        await using var bench = await TestBench.StartAsync(_ => ModelReply.Text("done"));
        var asked = await bench.RunAsync("run", bench.Write("ask", "const go = await checkpoint('Go on?', { default: false, timeoutMs: 1500 })\nreturn [go, await agent('after')]"), "--json");
        Assert.Equal(4, asked.ExitCode);
        using var server = bench.Start("serve");

        await EndsAsync(bench, server, "completed");

        var status = await bench.RunAsync("status", asked.RunId, "--json");
        Assert.Equal("[false,\"done\"]", string.Concat(status.Result.GetRawText().Where(c => !char.IsWhiteSpace(c))));
    }

    private static async Task EndsAsync(TestBench bench, Process server, string state)
    {
        for (var started = Stopwatch.GetTimestamp(); await StateAsync(bench) != state;)
        {
            Assert.False(server.HasExited, "The server has ended.");
            Assert.True(Stopwatch.GetElapsedTime(started) < TestBench.Patience, "The run has not ended in time.");
        }

        server.Kill();
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string?> StateAsync(TestBench bench) =>
        (await bench.RunAsync("runs", "--json")).Json.GetProperty("runs")[0].GetProperty("state").GetString();
}
