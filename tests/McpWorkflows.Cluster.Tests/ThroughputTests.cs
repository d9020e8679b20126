using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Cluster.Tests;

public sealed class ThroughputTests
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task FourWorkers_ReachMoreThanThreePointSixTimesOnesThroughput()
    {
        await using var cluster = await ProcessCluster.StartAsync(
            static (call, _) => Task.FromResult(ModelReply.Text(call.Prompt).After(Latency).InOneWrite()), concurrency: 64);
        cluster.StartWorker(16);
        await cluster.WorkersAsync(1);
        await MeasureAsync(cluster, 64);
        var one = await MeasureAsync(cluster, 320);
        for (var more = 0; more < 3; more++)
        {
            cluster.StartWorker(16);
        }

        await cluster.WorkersAsync(4);
        await MeasureAsync(cluster, 256);
        var four = await MeasureAsync(cluster, 960);

        TestContext.Current.SendDiagnosticMessage($"one worker {one:0.0} calls/s, four {four:0.0} calls/s: {four / one:0.00} times");
        Assert.True(four / one >= 3.6, $"one worker {one:0.0} calls/s, four {four:0.0} calls/s: {four / one:0.00} times");
    }

    /// <summary>Calls a second, from the first one's arrival to the last one's answer.</summary>
    private static async Task<double> MeasureAsync(ProcessCluster cluster, int calls)
    {
        cluster.Model.Log.Clear();
        var run = await cluster.EndAsync(cluster.StartRun($"return (await parallel(Array.from({{ length: {calls} }}, (_, i) => () => agent('call ' + i)))).length;"));
        Assert.Equal((RunState.Completed, $"{calls}"), (run.State, run.ResultJson));
        var log = cluster.Model.Log.Calls;
        Assert.Equal(calls, log.Count);
        return calls / (log.Max(static call => call.EndedAt)! - log.Min(static call => call.ArrivedAt)).Value.TotalSeconds;
    }
}
