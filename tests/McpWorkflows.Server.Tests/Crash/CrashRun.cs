using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.Tests.EndToEnd;

namespace McpWorkflows.Server.Tests.Crash;

/// <summary>
/// Brings one run to its end through a number of kills, and checks after each, against the model server's own log:
/// what was on disk before a process started is not asked for by it, and stays on disk as it was.
/// </summary>
internal sealed class CrashRun(CrashScenario scenario, Random random, CancellationToken cancellationToken)
{
    private const int Width = 16;

    /// <summary>Processes that hit anything: the rest died before they asked, or after the end.</summary>
    public int Kills { get; private set; }

    /// <summary>Requests beyond those an undisturbed run makes: in flight when the process died.</summary>
    public int AskedAgain { get; private set; }

    /// <summary>Result and number of requests of a run that nobody disturbs.</summary>
    public static async Task<(string Result, IReadOnlyDictionary<string, int> Requests)> UndisturbedAsync(CrashScenario scenario)
    {
        await using var bench = await TestBench.StartAsync(CrashScenario.Answer);
        var run = await bench.RunAsync("run", Write(bench, scenario), "--json");
        Assert.True(run.ExitCode == 0, run.ToString());
        return (Plain(run.Result.GetRawText()), bench.Model.Log.OpeningsByPrompt());
    }

    /// <summary>JSON without white space.</summary>
    public static string Plain(string json) => JsonSerializer.Serialize(JsonElement.Parse(json));

    /// <summary>Writes the workflow, and its child, into the bench's workspace.</summary>
    public static string Write(TestBench bench, CrashScenario scenario)
    {
        if (scenario.Child is not null)
            bench.Save("child", scenario.Child);
        return bench.Write(scenario.Name, scenario.Body);
    }

    /// <param name="wantedKills">After so many the run is left alone.</param>
    public async Task ToEndAsync(int wantedKills, string result, IReadOnlyDictionary<string, int> requests)
    {
        await using var bench = await TestBench.StartAsync(CrashScenario.Answer);
        var script = Write(bench, scenario);
        var before = new Committed();
        for (var attempt = 1; before.Run?.State.HasEnded() != true; attempt++)
        {
            Assert.True(attempt < 60, "The run makes no progress.");
            var key = $"attempt-{attempt}";
            var died = await TryAsync(bench, key, script, before.Run?.Id, kill: Kills < wantedKills);
            var after = await Committed.ReadAsync(bench.JournalPath, cancellationToken);
            CrashChecks.NothingLost(before, after);
            CrashChecks.NothingPaidTwice(before, bench.Model.Log, key, requests);
            Kills += died ? 1 : 0;
            before = after;
        }

        Assert.Equal(RunState.Completed, before.Run!.State);
        Assert.Equal(result, Plain(before.Run.ResultJson!));
        var asked = bench.Model.Log.OpeningsByPrompt();
        Assert.Equal(requests.Keys.Order(), asked.Keys.Order());
        AskedAgain = asked.Values.Sum() - requests.Values.Sum();
        Assert.InRange(AskedAgain, 0, Width * Kills);
    }

    /// <summary>One process, killed at a random moment unless it is to be left alone; true when the kill hit it at work.</summary>
    private async Task<bool> TryAsync(TestBench bench, string key, string script, string? runId, bool kill)
    {
        using var attempt = Attempt.Start(bench, key, script, runId, overMcp: random.Next(2) == 0);
        var work = attempt.WorkAsync(cancellationToken);
        if (kill)
        {
            await Task.WhenAny(work, MomentAsync(bench, key));
            attempt.Process.Kill();
        }

        await work.WaitAsync(TestBench.Patience, cancellationToken);
        if (!attempt.Process.HasExited)
            attempt.Process.Kill();
        await attempt.Process.WaitForExitAsync(cancellationToken);
        await bench.Model.Log.WaitAsync(log => log.InFlight == 0, TestBench.Patience);
        return kill && bench.Model.Log.Calls.Any(call => call.ApiKey == key);
    }

    /// <summary>Mostly while calls come and go, sometimes at any time from the process's start.</summary>
    private async Task MomentAsync(TestBench bench, string key)
    {
        if (random.Next(5) == 0)
        {
            await Task.Delay(random.Next(1_000), cancellationToken);
            return;
        }

        var calls = random.Next(1, 60);
        await bench.Model.Log.WaitAsync(log => log.Calls.Count(call => call.ApiKey == key) >= calls, TestBench.Patience);
        await Task.Delay(random.Next(8), cancellationToken);
    }
}
