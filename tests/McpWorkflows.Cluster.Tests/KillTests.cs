using System.Diagnostics;
using System.Globalization;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Models;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Cluster.Tests;

/// <summary>SIGKILL, one at a time, of all that a run on several machines stands on, in the middle of it.</summary>
public sealed class KillTests
{
    private const string KillsVariable = "MCPWORKFLOWS_CLUSTER_KILLS";

    private const string SeedVariable = "MCPWORKFLOWS_CLUSTER_SEED";

    private const int Calls = 500;

    private const int Width = 8;

    /// <summary>A fan-out, then calls made of its answers.</summary>
    private const string Script = """
        const first = await parallel(Array.from({ length: 400 }, (_, i) => () => agent('first ' + i)));
        const second = await parallel(Array.from({ length: 100 }, (_, i) => () => agent('second ' + i + ' of ' + first[i * 4])));
        return { first, second };
        """;

    private enum Victim
    {
        Worker,
        Owner,
        Broker,
        Database,
    }

    [Fact]
    public async Task Run_WithAllThatItStandsOnKilled_EndsAsAnUndisturbedOneAndAsksNothingCommittedAgain()
    {
        await using var rabbit = await RabbitServer.StartNewAsync();
        await using var postgres = await PostgresServer.StartNewAsync();
        var kills = int.TryParse(Environment.GetEnvironmentVariable(KillsVariable), CultureInfo.InvariantCulture, out var wanted) ? wanted : 4;
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        for (var left = kills; left > 0; left -= 4)
        {
            await RunAsync(rabbit, postgres, seed + left, Math.Min(left, 4));
        }
    }

    private static async Task RunAsync(RabbitServer rabbit, PostgresServer postgres, int seed, int kills)
    {
        var random = new Random(seed);
        var victims = Enum.GetValues<Victim>();
        random.Shuffle(victims);
        // Answers stop at these calls until the kill is done: it always falls into the middle of some.
        var stops = Enumerable.Range(1, kills).Select(number => (number * 90) + random.Next(-20, 20)).ToArray();
        var gates = stops.Select(static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        await using var cluster = await ProcessCluster.StartAsync(
            async (call, cancellationToken) =>
            {
                for (var number = 0; number < stops.Length; number++)
                {
                    if (call.Number > stops[number])
                    {
                        await gates[number].Task.WaitAsync(cancellationToken);
                    }
                }

                return ModelReply.Text($"<{call.Prompt}>").After(TimeSpan.FromMilliseconds(20));
            },
            concurrency: Width * 2,
            rabbit,
            postgres,
            TimeSpan.FromMinutes(15));
        List<Process> workers = [cluster.StartWorker(Width), cluster.StartWorker(Width)];
        await cluster.WorkersAsync(2);
        var owner = cluster.StartRun(Script);
        await cluster.Model.Log.WaitForCallsAsync(1, ProcessCluster.Patience);
        var next = cluster.StartServer();
        var journal = await cluster.JournalAsync();
        var runId = Assert.Single(await journal.ListRunsAsync(1, cluster.Token)).Id;
        await rabbit.SettleAsync(new Calls.CallNeed("openai/test-model", [], "none").Queue);
        var committed = new Dictionary<string, int>();
        var story = $"seed {seed}:";
        for (var number = 0; number < kills; number++)
        {
            await cluster.Model.Log.WaitForCallsAsync(stops[number] + 1, ProcessCluster.Patience);
            await RememberAsync(journal, runId, cluster, committed);
            story += $" {victims[number]} at {cluster.Model.Log.Count} ({committed.Count} committed)";
            switch (victims[number])
            {
                case Victim.Worker:
                    var victim = workers[random.Next(workers.Count)];
                    workers.Remove(victim);
                    ProcessCluster.Kill(victim);
                    workers.Add(cluster.StartWorker(Width));
                    break;
                case Victim.Owner:
                    ProcessCluster.Kill(owner);
                    (owner, next) = (next, cluster.StartServer());
                    break;
                case Victim.Broker:
                    await rabbit.KillAsync();
                    gates[number].SetResult();
                    await rabbit.StartAsync();
                    break;
                default:
                    await postgres.KillAsync();
                    gates[number].SetResult();
                    await postgres.StartAsync();
                    break;
            }

            gates[number].TrySetResult();
        }

        var run = await journal.FindRunAsync(runId, cluster.Token);
        for (; run!.State is RunState.Running or RunState.Interrupted; run = await journal.FindRunAsync(runId, cluster.Token))
        {
            await Task.Delay(100, cluster.Token);
        }

        TestContext.Current.SendDiagnosticMessage($"{story}; {cluster.Model.Log.Count} calls asked for {Calls}");
        Assert.True(run.State == RunState.Completed, $"{story}: {run.State} {run.Error}");
        Assert.Equal(Undisturbed(), run.ResultJson);
        Assert.Equal(Calls, (await journal.ReadSettledAsync(runId, cluster.Token)).Count);
        var asked = cluster.Model.Log.OpeningsByPrompt();
        Assert.Equal(Calls, asked.Count);
        var again = committed.Where(known => asked[known.Key] != known.Value).Select(static known => known.Key).ToArray();
        Assert.True(again.Length == 0, $"{story}: asked again though committed: {string.Join(", ", again)}");
        Assert.InRange(cluster.Model.Log.Count, Calls, Calls + (kills * Width * 2));
    }

    /// <summary>How often calls were asked whose outcome is committed now: that is how often they may ever be.</summary>
    private static async Task RememberAsync(IJournal journal, string runId, ProcessCluster cluster, Dictionary<string, int> committed)
    {
        var settled = (await journal.ReadSettledAsync(runId, cluster.Token)).Select(static item => item.Key).ToHashSet();
        var asked = cluster.Model.Log.OpeningsByPrompt();
        foreach (var call in await journal.ReadCallsAsync(runId, cluster.Token))
        {
            if (settled.Contains(call.Key))
            {
                committed.TryAdd(call.Prompt, asked[call.Prompt]);
            }
        }
    }

    private static string Undisturbed()
    {
        var first = Enumerable.Range(0, 400).Select(static number => $"<first {number}>").ToArray();
        var second = Enumerable.Range(0, 100).Select(number => $"<second {number} of {first[number * 4]}>").ToArray();
        return $$"""{"first":[{{string.Join(',', first.Select(static text => $"\"{text}\""))}}],"second":[{{string.Join(',', second.Select(static text => $"\"{text}\""))}}]}""";
    }
}
