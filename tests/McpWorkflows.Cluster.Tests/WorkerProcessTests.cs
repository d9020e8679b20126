using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Cluster.Tests;

/// <summary>Workers that end in the middle of their calls, as processes.</summary>
public sealed class WorkerProcessTests
{
    private const int Width = 4;

    private readonly TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task OnlyWorker_Killed_HasWhatWasInFlightAskedAgainAndNothingElse()
    {
        const int Calls = 40;
        const int Before = 20;
        await using var cluster = await ProcessCluster.StartAsync((call, cancellationToken) => AnswerAsync(call, Before, cancellationToken), concurrency: 16);
        var worker = cluster.StartWorker(Width);
        var run = cluster.StartRun(Script(Calls));
        var committed = await StopInTheMiddleAsync(cluster, Before);

        ProcessCluster.Kill(worker);
        cluster.StartWorker(Width);
        gate.SetResult();

        var ended = await cluster.EndAsync(run);
        Assert.Equal(Result(Calls), ended.ResultJson);
        Assert.Equal(Calls, (await (await cluster.JournalAsync()).ReadSettledAsync(ended.Id, cluster.Token)).Count);
        var asked = cluster.Model.Log.OpeningsByPrompt();
        Assert.All(committed, prompt => Assert.Equal(1, asked[prompt]));
        Assert.Equal(Width, asked.Count(pair => pair.Value == 2));
        Assert.Equal(Calls + Width, cluster.Model.Log.Count);
    }

    [Fact]
    public async Task Worker_Terminated_FinishesWhatItHasWhileAnotherTakesTheRest()
    {
        const int Calls = 30;
        const int Before = 10;
        await using var cluster = await ProcessCluster.StartAsync((call, cancellationToken) => AnswerAsync(call, Before, cancellationToken), concurrency: 16);
        var worker = cluster.Start("worker", "--width", $"{Width}", "--drain", "600");
        var run = cluster.StartRun(Script(Calls));
        await StopInTheMiddleAsync(cluster, Before);

        ProcessCluster.Terminate(worker);
        var second = cluster.StartWorker(Width);
        await cluster.Model.Log.WaitAsync(log => log.InFlight == 2 * Width, ProcessCluster.Patience);
        Assert.False(worker.HasExited);
        gate.SetResult();

        await worker.WaitForExitAsync(cluster.Token);
        Assert.True(worker.ExitCode == 0, cluster.Said(worker));
        Assert.Equal(Result(Calls), (await cluster.EndAsync(run)).ResultJson);
        var asked = cluster.Model.Log.Calls;
        Assert.Equal(Calls, asked.Count);
        Assert.Equal(Before + Width, asked.Count(call => cluster.Asker(call) == worker));
        Assert.Equal(Calls - Before - Width, asked.Count(call => cluster.Asker(call) == second));
    }

    private static string Script(int calls) => $"return await parallel(Array.from({{ length: {calls} }}, (_, i) => () => agent('call ' + i)));";

    private static string Result(int calls) => $"[{string.Join(',', Enumerable.Range(0, calls).Select(static number => $"\"<call {number}>\""))}]";

    private async Task<ModelReply> AnswerAsync(ModelCall call, int before, CancellationToken cancellationToken)
    {
        if (call.Number > before)
        {
            await gate.Task.WaitAsync(cancellationToken);
        }

        return ModelReply.Text($"<{call.Prompt}>");
    }

    /// <summary>Returns when the worker is full of calls that are not answered, and all others are committed: with their prompts.</summary>
    private static async Task<IReadOnlyList<string>> StopInTheMiddleAsync(ProcessCluster cluster, int before)
    {
        await cluster.Model.Log.WaitAsync(log => log.Count == before + Width && log.InFlight == Width, ProcessCluster.Patience);
        var journal = await cluster.JournalAsync();
        var runId = Assert.Single(await journal.ListRunsAsync(2, cluster.Token)).Id;
        IReadOnlyList<SettledItem> settled = [];
        await cluster.UntilAsync(
            async () => (settled = await journal.ReadSettledAsync(runId, cluster.Token)).Count == before, () => $"{settled.Count} calls are committed, not {before}.");
        var keys = settled.Select(static item => item.Key).ToHashSet();
        return [.. (await journal.ReadCallsAsync(runId, cluster.Token)).Where(call => keys.Contains(call.Key)).Select(static call => call.Prompt)];
    }
}
