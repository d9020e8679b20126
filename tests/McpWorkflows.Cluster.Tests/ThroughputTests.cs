using System.Globalization;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Cluster.Tests;

public sealed class ThroughputTests
{
    /// <summary>The aim is 3.6; two quiet cores that all parts share give 3.4 to 3.8, busy ones less.</summary>
    private const double MinRatio = 2;

    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task FourWorkers_ReachSeveralTimesOnesThroughput()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("MCPWORKFLOWS_ALONE") == "1", "Measures throughput: runs alone, as .ci/run does, with MCPWORKFLOWS_ALONE=1.");
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
        await MeasureAsync(cluster, 480);
        var four = await MeasureAsync(cluster, 960);

        var figure = string.Create(CultureInfo.InvariantCulture, $"one worker {one:0.0} calls/s, four {four:0.0} calls/s: {four / one:0.00} times");
        if (Environment.GetEnvironmentVariable("MCPWORKFLOWS_FIGURES") is { Length: > 0 } figures)
        {
            await File.AppendAllTextAsync(figures, figure + "\n", TestContext.Current.CancellationToken);
        }

        Assert.True(four / one >= MinRatio, figure);
    }

    /// <summary>Answers a second, without the run's start and end, when not all places are taken.</summary>
    private static async Task<double> MeasureAsync(ProcessCluster cluster, int calls)
    {
        cluster.Model.Log.Clear();
        var run = await cluster.EndAsync(cluster.StartRun($"return (await parallel(Array.from({{ length: {calls} }}, (_, i) => () => agent('call ' + i)))).length;"));
        Assert.Equal((RunState.Completed, $"{calls}"), (run.State, run.ResultJson));
        var log = cluster.Model.Log.Calls;
        Assert.Equal(calls, log.Count);
        var ends = log.Select(static call => call.EndedAt!.Value).Order().ToArray();
        var (from, to) = (calls / 5, calls * 19 / 20);
        return (to - from) / (ends[to] - ends[from]).TotalSeconds;
    }
}
