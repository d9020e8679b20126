using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>What survives when the process does not.</summary>
public sealed class KillTests
{
    private const int Calls = 100;
    private const int Width = 16;

    private const string Script = """
        const answers = await parallel(Array.from({ length: 100 }, (_, i) => () => agent(`Task ${i}`, { label: `task ${i}` })))
        const judged = await agent(`Sum up: ${JSON.stringify(answers)}`)
        return { answers, judged }
        """;

    [Fact]
    public async Task Resume_AfterKillInFanOut_AsksAgainOnlyWhatWasInFlight()
    {
        var pace = TimeSpan.FromMilliseconds(30);
        await using var bench = await TestBench.StartAsync(call => Answer(call).After(pace));
        var script = bench.Write("fan-out", Script);
        var undisturbed = await bench.RunAsync("run", script, "--json");
        Assert.True(undisturbed.ExitCode == 0, undisturbed.ToString());
        bench.Model.Log.Clear();

        // Nobody answers from there on: the kill meets a run that is at work, however late it comes.
        bench.Model.Handler = (call, _) => Task.FromResult(call.Number > Calls / 2 ? ModelReply.Hang() : Answer(call).After(pace));
        using (var process = bench.Start("run", script, "--json"))
        {
            await bench.Model.Log.WaitForCallsAsync(Calls / 2, TestBench.Patience);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        bench.Model.Handler = (call, _) => Task.FromResult(Answer(call).After(pace));

        await bench.Model.Log.WaitAsync(log => log.InFlight == 0, TestBench.Patience);
        Assert.InRange(bench.Model.Log.Count, Calls / 2, Calls - 1);
        var runs = await bench.RunAsync("runs", "--json");
        var killed = runs.Json.GetProperty("runs")[0];
        Assert.Equal("interrupted", killed.GetProperty("state").GetString());

        var resumed = await bench.RunAsync("resume", killed.GetProperty("runId").GetString()!, "--json");

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(undisturbed.Result.GetRawText(), resumed.Result.GetRawText());
        var asked = bench.Model.Log.OpeningsByPrompt();
        Assert.Equal(Calls + 1, asked.Count);
        Assert.InRange(asked.Values.Count(times => times > 1), 0, Width);
        Assert.All(asked.Values, times => Assert.InRange(times, 1, 2));
        Assert.InRange(resumed.Census("fromJournal"), Calls / 2 - Width, Calls - 1);
    }

    [Fact]
    public async Task Run_WithMoreCallsThanPlaces_KeepsSixteenInFlightAndNeverMore()
    {
        await using var bench = await TestBench.StartAsync(Answer);
        var server = bench.Model;
        server.Handler = async (call, cancellationToken) =>
        {
            // Nobody is answered before the house is full: fewer than 16 places would end in a time-out.
            await server.Log.WaitAsync(log => log.HighWater >= Width, TestBench.Patience).WaitAsync(cancellationToken);
            return Answer(call).After(TimeSpan.FromMilliseconds(5));
        };
        var script = bench.Write("wide", Script);

        var run = await bench.RunAsync("run", script, "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        server.Log.AssertHighWater(Width);
    }

    private static ModelReply Answer(ModelCall call) => ModelReply.Text($"answer to {call.Prompt.Length} characters: {call.Prompt[^Math.Min(12, call.Prompt.Length)..]}");
}
