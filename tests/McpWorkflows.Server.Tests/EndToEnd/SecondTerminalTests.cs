using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>What another terminal shows of a run that goes on.</summary>
public sealed class SecondTerminalTests
{
    private const string Script = """
        await parallel(Array.from({ length: 8 }, (_, i) => () => agent(`Task ${i}`)))
        return await agent('The last')
        """;

    // The totals of a run are written when its state changes: lists said "0 agents" and "0.0 s" until its end.
    [Fact]
    public async Task RunsAndStatus_WhileAnotherProcessRuns_CountFinishedAgentsAndTime()
    {
        await using var bench = await TestBench.StartAsync(call =>
            call.Prompt.Contains("The last", StringComparison.Ordinal) ? ModelReply.Hang() : ModelReply.Text("done"));
        var script = bench.Write("long", Script);
        using var process = bench.Start("run", script);
        await bench.Model.Log.WaitForCallsAsync(9, TestBench.Patience);

        var listed = (await bench.RunAsync("runs", "--json")).Json.GetProperty("runs")[0];
        var status = await bench.RunAsync("status", listed.GetProperty("runId").GetString()!, "--json");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("running", listed.GetProperty("state").GetString());
        Assert.InRange(listed.GetProperty("agents").GetInt32(), 8, 9);
        Assert.InRange(listed.GetProperty("durationMs").GetInt64(), 1, 600_000);
        Assert.Equal(4, status.ExitCode);
        Assert.InRange(status.Json.GetProperty("durationMs").GetInt64(), 1, 600_000);
    }
}
