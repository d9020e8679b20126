using System.Diagnostics;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;
using McpWorkflows.Server.Tests.EndToEnd;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Server.Tests.Cluster;

/// <summary>The network between a run's owner and the journal's database fails, and nothing else does.</summary>
public sealed class NetworkCutTests(ITestOutputHelper output)
{
    private const int Calls = 300;
    private const int Width = 16;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OwnerCutFromTheDatabase_HasOneOwnerAtATimeAndTheResultOfAnUndisturbedOne()
    {
        var server = await PostgresServer.SharedAsync();
        using var network = SplitNetwork.CreateOrSkip();
        using var toDatabase = new TcpRelay(server.Port, network.Cuttable);
        await using var bench = await TestBench.StartWithoutModelAsync();
        // Held from there on: the cut meets a run that is at work, however late it comes.
        var cut = new TaskCompletionSource();
        bench.Model.Handler = async (call, cancellationToken) =>
        {
            if (call.Number > 100)
                await cut.Task.WaitAsync(cancellationToken);
            return ModelReply.Text(call.Prompt).After(TimeSpan.FromMilliseconds(300));
        };
        using var toModel = new TcpRelay(new Uri(bench.Model.Origin).Port, network.Lasting);
        var database = (await server.CreateDatabaseAsync()).Split("Database=")[1];
        bench.JournalPath = $"postgres://postgres@127.0.0.1:{server.Port}/{database}";
        var script = bench.Write("fan-out", $"return await parallel(Array.from({{ length: {Calls} }}, (_, i) => () => agent(`Number ${{i}}`)))");
        using var second = bench.Start(new Dictionary<string, string> { ["OPENAI_API_KEY"] = "second" }, "serve");
        var saidBySecond = Drain(second);
        using var first = Start(network, bench, new Dictionary<string, string>
        {
            ["OPENAI_API_KEY"] = "first",
            ["OPENAI_BASE_URL"] = $"http://{network.Lasting}:{toModel.Port}/v1",
            ["MCPWORKFLOWS_JOURNAL"] = $"postgres://postgres@{network.Cuttable}:{toDatabase.Port}/{database}",
        }, "run", script, "--json");
        first.StandardInput.Close();
        var saidByFirst = Drain(first);
        var log = bench.Model.Log;
        try
        {
            await log.WaitForCallsAsync(60, TestBench.Patience);
            Assert.All(log.Calls, call => Assert.Equal("first", call.ApiKey));

            network.Cut();
            var cutAt = DateTimeOffset.UtcNow;
            cut.SetResult();
            await log.WaitAsync(all => all.Calls.Any(call => call.ApiKey == "second"), TestBench.Patience);
            var takenOver = log.Calls.First(call => call.ApiKey == "second").ArrivedAt;
            var ended = await EndAsync(bench.JournalPath);
            var before = await CountAsync(bench.JournalPath);
            network.Mend();
            await first.WaitForExitAsync(Cancellation).WaitAsync(TestBench.Patience, Cancellation);

            var lastOfFirst = log.Calls.Last(call => call.ApiKey == "first").ArrivedAt;
            var askedTwice = log.OpeningsByPrompt().Count(prompt => prompt.Value > 1);
            output.WriteLine($"The first asked for the last time {(lastOfFirst - cutAt).TotalSeconds:0.0} s after the cut; taken over after {(takenOver - cutAt).TotalSeconds:0.0} s; asked by both: {askedTwice}");
            Assert.True(lastOfFirst < takenOver, "The first asked when the second was the owner.");
            Assert.InRange(takenOver - cutAt, TimeSpan.Zero, TimeSpan.FromSeconds(60));
            // What it had asked and could not write: their places are not given to others before.
            Assert.InRange(askedTwice, 0, Width);
            Assert.Equal(Calls, log.OpeningsByPrompt().Count);
            Assert.Equal(RunState.Completed, ended.State);
            Assert.Equal($"[{string.Join(",", Enumerable.Range(0, Calls).Select(number => $"\"Number {number}\""))}]", ended.ResultJson);
            Assert.Equal(before, await CountAsync(bench.JournalPath));
        }
        finally
        {
            Kill(first);
            Kill(second);
            await Task.WhenAll(saidByFirst, saidBySecond);
        }

        Assert.Contains("has been taken over by another process", await saidByFirst, StringComparison.Ordinal);
    }

    private static Process Start(SplitNetwork network, TestBench bench, Dictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(ServerProcess.Executable, arguments)
        {
            WorkingDirectory = bench.Workspace,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in bench.Environment.Concat(variables))
            start.Environment[name] = value;
        network.Enter(start);
        return Process.Start(start)!;
    }

    private static async Task<string> Drain(Process process)
    {
        var said = await Task.WhenAll(process.StandardError.ReadToEndAsync(Cancellation), process.StandardOutput.ReadToEndAsync(Cancellation));
        return string.Concat(said);
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
    }

    private static async Task<RunRecord> EndAsync(string path)
    {
        await using var journal = await DatabaseJournal.OpenAsync(new JournalOptions { Path = path }, Cancellation);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TestBench.Patience);
        while (true)
        {
            if (Assert.Single(await journal.ListRunsAsync(2, patience.Token)) is { State: RunState.Completed or RunState.Failed or RunState.CompletedWithFailures } run)
                return run;
            await Task.Delay(100, patience.Token);
        }
    }

    /// <summary>Everything that an owner writes.</summary>
    private static async Task<(RunState State, int Settled, int Calls, int Events)> CountAsync(string path)
    {
        await using var journal = await DatabaseJournal.OpenAsync(new JournalOptions { Path = path }, Cancellation);
        var run = Assert.Single(await journal.ListRunsAsync(2, Cancellation));
        return (run.State,
            (await journal.ReadSettledAsync(run.Id, Cancellation)).Count,
            (await journal.ReadCallsAsync(run.Id, Cancellation)).Count,
            (await journal.ReadEventsAsync(run.Id, 0, 100_000, Cancellation)).Count);
    }
}
