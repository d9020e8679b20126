using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Cluster.Tests;

/// <summary>A call that ends every worker that takes it, as with an agent that eats all memory.</summary>
public sealed class PoisonTests
{
    [Fact]
    public async Task PoisonCall_KillsFiveWorkers_IsAFailureWithItsCauseAndAllOthersAreDone()
    {
        ProcessCluster? started = null;
        var deaths = 0;
        await using var cluster = started = await ProcessCluster.StartAsync(
            async (call, cancellationToken) =>
            {
                if (call.Prompt != "poison")
                {
                    return ModelReply.Text($"<{call.Prompt}>").After(TimeSpan.FromMilliseconds(300));
                }

                Interlocked.Increment(ref deaths);
                ProcessCluster.Kill(started!.Asker(call));
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return ModelReply.Text("");
            },
            concurrency: 16,
            patience: TimeSpan.FromMinutes(10));
        for (var number = 0; number < 6; number++)
        {
            cluster.StartWorker(4);
        }

        await cluster.WorkersAsync(6);
        var poisoned = cluster.StartRun("return await parallel(Array.from({ length: 24 }, (_, i) => () => agent(i === 5 ? 'poison' : 'one ' + i, { retries: 0 })));");
        var other = cluster.StartRun("return await parallel(Array.from({ length: 24 }, (_, i) => () => agent('two ' + i)));");

        await other.WaitForExitAsync(cluster.Token);
        await poisoned.WaitForExitAsync(cluster.Token);

        Assert.True((poisoned.ExitCode, other.ExitCode) == (3, 0), $"{cluster.Said(poisoned)}\n{cluster.Said(other)}");
        Assert.Equal(5, deaths);
        Assert.Contains("was given up: 5 workers died with it", cluster.Said(poisoned) + cluster.Said(other), StringComparison.Ordinal);
        var journal = await cluster.JournalAsync();
        var runs = (await journal.ListRunsAsync(9, cluster.Token)).ToDictionary(static run => run.State);
        Assert.Equal(Result("two"), runs[RunState.Completed].ResultJson);
        Assert.Equal(Result("one").Replace("\"<one 5>\"", "null", StringComparison.Ordinal), runs[RunState.CompletedWithFailures].ResultJson);
        var failed = (await journal.ReadCallsAsync(runs[RunState.CompletedWithFailures].Id, cluster.Token)).Single(static call => call.Prompt == "poison");
        Assert.StartsWith("5 workers died with this call, so it is given to no other one.", failed.Outcome!.Failure!.Cause, StringComparison.Ordinal);
        await cluster.WorkersAsync(1);
    }

    private static string Result(string name) => $"[{string.Join(',', Enumerable.Range(0, 24).Select(number => $"\"<{name} {number}>\""))}]";
}
