using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.Tests.EndToEnd;
using McpWorkflows.Testing.Journal;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Server.Tests.Crash;

/// <summary>The journal's disk fills up, or another program holds its file, in the middle of a run.</summary>
public sealed class BadDayTests
{
    private static readonly CrashScenario FanOut = CrashScenario.All[0];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_DiskFullInTheMiddle_SaysSoAndGoesOnAfterwardsAskingNothingTwice()
    {
        using var disk = SmallDisk.MountOrSkip("8m");
        var (result, requests) = await CrashRun.UndisturbedAsync(FanOut);
        await using var bench = await TestBench.StartAsync(CrashScenario.Answer);
        bench.JournalPath = Path.Combine(disk.Folder, "journal.db");
        var script = CrashRun.Write(bench, FanOut);
        var ballast = Path.Combine(disk.Folder, "ballast");

        using var process = bench.Start(Key("first"), "run", script, "--json");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(Cancellation);
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        await bench.Model.Log.WaitForCallsAsync(100, TestBench.Patience);
        await FillAsync(ballast);
        await process.WaitForExitAsync(Cancellation);

        Assert.NotEqual(0, process.ExitCode);
        Assert.Contains("is full. Free some space: what was finished is kept. Then resume the run.", await errors + await output, StringComparison.Ordinal);
        File.Delete(ballast);
        var before = await Committed.ReadAsync(bench.JournalPath, Cancellation);
        Assert.InRange(before.Answers.Count, 100 - 16, 300);

        using var second = bench.Start(Key("second"), "resume", before.Run!.Id, "--json");
        second.StandardInput.Close();
        var said = second.StandardError.ReadToEndAsync(Cancellation);
        await second.StandardOutput.ReadToEndAsync(Cancellation);
        await second.WaitForExitAsync(Cancellation);

        var after = await Committed.ReadAsync(bench.JournalPath, Cancellation);
        CrashChecks.NothingLost(before, after);
        CrashChecks.NothingPaidTwice(before, bench.Model.Log, "second", requests);
        Assert.True(after.Run!.State == RunState.Completed, await said);
        Assert.Equal(result, CrashRun.Plain(after.Run.ResultJson!));
    }

    [Fact]
    public async Task Run_JournalLockedForSecondsByAnotherProgram_WaitsAndCompletes()
    {
        var (result, requests) = await CrashRun.UndisturbedAsync(FanOut);
        await using var bench = await TestBench.StartAsync(CrashScenario.Answer);
        var locked = new TaskCompletionSource();
        bench.Model.Handler = async (call, cancellationToken) =>
        {
            if (call.Number > 100)
                await locked.Task.WaitAsync(cancellationToken);
            return CrashScenario.Answer(call);
        };
        var script = CrashRun.Write(bench, FanOut);

        using var process = bench.Start(Key("only"), "run", script, "--json");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        await bench.Model.Log.WaitForCallsAsync(100, TestBench.Patience);
        int held, written;
        await using (var journal = await LockAsync(bench.JournalPath))
        {
            written = await CountOutcomesAsync(journal);
            locked.SetResult();
            await bench.Model.Log.WaitAsync(log => log.InFlight == 0, TestBench.Patience);
            // For what must not happen now.
            await Task.Delay(TimeSpan.FromSeconds(3), Cancellation);
            held = bench.Model.Log.Count;
        }

        // Outcomes cannot be written, so their places are not given away: at most sixteen more calls arrive.
        Assert.InRange(held - written, 1, 16);

        await process.WaitForExitAsync(Cancellation);

        Assert.InRange(held, 100, 299);
        Assert.True(process.ExitCode == 0, await output);
        Assert.Equal(requests, bench.Model.Log.OpeningsByPrompt());
        Assert.Equal(result, CrashRun.Plain((await Committed.ReadAsync(bench.JournalPath, Cancellation)).Run!.ResultJson!));
    }

    private static Dictionary<string, string> Key(string name) => new() { ["OPENAI_API_KEY"] = name };

    /// <summary>Writes until nothing more fits, and again: whoever writes beside it makes the rest small.</summary>
    private static async Task FillAsync(string path)
    {
        await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = 65_536; size >= 1; size /= 2)
        {
            try
            {
                while (true)
                    await stream.WriteAsync(new byte[size], Cancellation);
            }
            catch (IOException)
            {
                // No room for so much; perhaps for less.
            }
        }
    }

    private static async Task<int> CountOutcomesAsync(SqliteConnection journal)
    {
        await using var command = journal.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM Outcomes";
        return Convert.ToInt32(await command.ExecuteScalarAsync(Cancellation), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<SqliteConnection> LockAsync(string path)
    {
        // Loads the journal's assembly, which finds this process its SQLite.
        await Committed.ReadAsync(path, Cancellation);
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync(Cancellation);
        return connection;
    }
}
