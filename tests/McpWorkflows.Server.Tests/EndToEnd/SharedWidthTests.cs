using System.Collections.Concurrent;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>Several processes on one journal, by the model server's own count.</summary>
public sealed class SharedWidthTests
{
    private const int Width = 16;

    private const string Script = "return await parallel(Array.from({ length: 300 }, (_, i) => () => agent(`Task ${i}`)))";

    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(40);

    [Fact]
    public async Task Run_ThreeProcessesAtOnce_HaveSixteenInFlightTogetherAndFairShares()
    {
        // Slowly until the last of them has started, and ever more so: processes may take long to start.
        var seen = new ConcurrentDictionary<string, bool>();
        await using var bench = await TestBench.StartAsync(call =>
            seen.TryAdd(call.ApiKey!, true) || seen.Count == 3 ? ModelReply.Text("done").After(Quick) : ModelReply.Text("done").After((10 + (call.Number / Width * 5)) * Quick));
        var script = bench.Write("fan-out", Script);

        var keys = Enumerable.Range(1, 3).Select(i => $"key-{i}").ToList();
        var processes = keys.Select(key => bench.Start(
            new Dictionary<string, string> { ["OPENAI_API_KEY"] = key }, "run", script, "--json")).ToList();
        var ends = await Task.WhenAll(processes.Select(ServerProcess.EndAsync));
        processes.ForEach(static process => process.Dispose());

        Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Error));
        Assert.InRange(bench.Model.Log.HighWater, Width - 2, Width);
        var calls = bench.Model.Log.Calls;
        Assert.Equal(900, calls.Count);

        // Only while all three are at work can they be compared; the first is alone until the others have started.
        var all = calls.GroupBy(call => call.ApiKey).ToList();
        var (from, to) = (all.Max(key => key.Min(call => call.ArrivedAt)), all.Min(key => key.Max(call => call.ArrivedAt)));
        var together = calls.Where(call => call.ArrivedAt >= from && call.ArrivedAt <= to).CountBy(call => call.ApiKey!).ToDictionary();
        TestContext.Current.TestOutputHelper?.WriteLine($"While all three worked: {string.Join(", ", together.Select(pair => $"{pair.Key} {pair.Value}"))}");
        Assert.Equal(3, together.Count);
        Assert.InRange((double)together.Values.Min() / together.Values.Max(), 0.4, 1);
    }
}
