using System.Diagnostics;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Cluster.Tests;

/// <summary>What several servers with one journal owe each other, as processes.</summary>
public sealed class OwnerProcessTests
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(100);

    /// <summary>A lease lasts 5 s, and the others look every few; a busy machine gets more.</summary>
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Limits_WhileAWorkerAndAnOwnerDie_HoldAndTheRunIsTakenOverWithinSeconds()
    {
        const int Global = 6;
        const int Bounded = 4;
        const int Calls = 60;
        var all = new HighWater(Global);
        var bounded = new HighWater(Bounded);
        await using var cluster = await ProcessCluster.StartAsync(
            async (call, cancellationToken) =>
            {
                var few = call.Body.GetProperty("model").GetString() == "few";
                using var flight = all.Enter();
                using var boundedFlight = few ? bounded.Enter() : null;
                // Both limits are reached once however slow the machine is, if they let as many through as they should.
                await Task.WhenAny((few ? bounded : all).Reached, Task.Delay(Seconds, cancellationToken));
                await Task.Delay(Latency, cancellationToken);
                return ModelReply.Text($"<{call.Prompt}>").InOneWrite();
            },
            concurrency: Global,
            boundedTo: Bounded);
        var workers = Enumerable.Range(0, 3).Select(_ => cluster.StartWorker(4)).ToArray();
        await cluster.WorkersAsync(3);
        var owner = cluster.StartRun(Script("a", Calls));
        await cluster.Model.Log.WaitForCallsAsync(1, Seconds);
        var journal = await cluster.JournalAsync();
        var first = Assert.Single(await journal.ListRunsAsync(2, cluster.Token)).Id;
        var other = cluster.StartRun(Script("b", Calls));
        var heir = cluster.StartServer();

        await cluster.Model.Log.WaitForCallsAsync(30, Seconds);
        ProcessCluster.Kill(workers[0]);
        await cluster.Model.Log.WaitForCallsAsync(50, Seconds);
        ProcessCluster.Kill(owner);
        var killed = Stopwatch.GetTimestamp();
        var committed = await PromptsAsync(journal, first, cluster.Token);
        var asked = cluster.Model.Log.OpeningsByPrompt();
        Assert.InRange(committed.Count, 1, Calls - 1);
        IReadOnlyList<string> now = committed;
        await cluster.UntilAsync(async () => (now = await PromptsAsync(journal, first, cluster.Token)).Count > committed.Count, () => "Nobody took the run over.");
        Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, Seconds);

        await other.WaitForExitAsync(cluster.Token);
        RunRecord? run = null;
        await cluster.UntilAsync(async () => (run = await journal.FindRunAsync(first, cluster.Token))!.State == RunState.Completed, () => $"{run?.State} {run?.Error}");
        Assert.Equal(Result("a", Calls), run!.ResultJson);
        Assert.All(committed, prompt => Assert.Equal(asked[prompt], cluster.Model.Log.OpeningsByPrompt()[prompt]));
        Assert.Equal((Global, Bounded), (all.Most, bounded.Most));
        Assert.False(heir.HasExited);
    }

    [Fact]
    public async Task Run_CancelledOnAServerThatDoesNotOwnIt_StopsItsAgentsOnTheWorkers()
    {
        await using var cluster = await ProcessCluster.StartAsync(
            static async (call, cancellationToken) =>
            {
                await Task.Delay(call.Prompt == "quick" ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, cancellationToken);
                return ModelReply.Text("done");
            },
            concurrency: 4);
        cluster.StartWorker(2);
        var servers = new[] { cluster.StartServer(), cluster.StartServer() };
        const string Meta = "export const meta = { name: 'long', description: 'A test' };\n";
        var started = await cluster.CallToolAsync(servers[0], "start_workflow", new { script = Meta + "return await parallel(['a', 'b', 'c'].map(name => () => agent(name)));" });
        await cluster.Model.Log.WaitForCallsAsync(2, ProcessCluster.Patience);
        var journal = await cluster.JournalAsync();
        var runId = Assert.Single(await journal.ListRunsAsync(2, cluster.Token)).Id;
        Assert.Contains(runId, started, StringComparison.Ordinal);

        await cluster.CallToolAsync(servers[1], "cancel_workflow", new { runId });

        await cluster.Model.Log.WaitAsync(log => log.Calls.Count(call => call.End == CallEnd.AbortedByClient) == 2, ProcessCluster.Patience);
        RunRecord? run = null;
        await cluster.UntilAsync(async () => (run = await journal.FindRunAsync(runId, cluster.Token))!.State == RunState.Cancelled, () => $"The run is {run?.State}.");

        // The worker is free for others, and the call that waited at it is never asked.
        await cluster.CallToolAsync(servers[1], "start_workflow", new { script = Meta + "return await agent('quick');" });
        await cluster.UntilAsync(
            async () => (await journal.ListRunsAsync(2, cluster.Token)).Any(static other => other is { State: RunState.Completed, ResultJson: "\"done\"" }), () => "The next run did not end.");
        Assert.Equal(3, cluster.Model.Log.Count);
    }

    private static string Script(string name, int calls) =>
        $"return await parallel(Array.from({{ length: {calls} }}, (_, i) => () => agent('{name} ' + i, i % 4 ? {{ model: 'bounded/few' }} : {{}})));";

    private static string Result(string name, int calls) => JsonSerializer.Serialize(Enumerable.Range(0, calls).Select(number => $"<{name} {number}>"), Plain);

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static async Task<IReadOnlyList<string>> PromptsAsync(IJournal journal, string runId, CancellationToken cancellationToken)
    {
        var settled = (await journal.ReadSettledAsync(runId, cancellationToken)).Select(static item => item.Key).ToHashSet();
        return [.. (await journal.ReadCallsAsync(runId, cancellationToken)).Where(call => settled.Contains(call.Key)).Select(static call => call.Prompt)];
    }

    /// <summary>Counts who is in at once.</summary>
    private sealed class HighWater(int expected)
    {
        private readonly Lock gate = new();
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int now;

        public int Most { get; private set; }

        /// <summary>Completes when as many as expected were in at once.</summary>
        public Task Reached => reached.Task;

        public IDisposable Enter()
        {
            lock (gate)
            {
                Most = Math.Max(Most, ++now);
                if (Most == expected)
                {
                    reached.TrySetResult();
                }
            }

            return new Flight(this);
        }

        private sealed class Flight(HighWater owner) : IDisposable
        {
            public void Dispose()
            {
                lock (owner.gate)
                {
                    owner.now--;
                }
            }
        }
    }
}
