using System.Collections.Concurrent;
using System.Diagnostics;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Journal.Tests.Postgres;

/// <summary>Runs wait for a database that is away; whoever asks is told, in words and within seconds.</summary>
public sealed class PostgresAwayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    /// <summary>Patience, the look at the database, and what a loaded machine takes.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(45);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Journal_ServerStoppedForLong_RunsWaitAndPeopleAreTold()
    {
        await using var server = await PostgresServer.StartNewAsync(flushes: false);
        var place = await PostgresPlace.MakeAsync(server);
        var told = new ConcurrentQueue<string>();
        await using var journal = await PostgresJournal.OpenAsync(place.Options with { Patience = Patience, Report = told.Enqueue }, Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_2"), Cancellation);
        await journal.AppendAsync("wf_2", [new RunChanged { State = RunState.Paused, Totals = new RunTotals(), Release = true }], Cancellation);
        Assert.Null(journal.Outage);
        await server.StopAsync();

        var append = journal.SettleAsync("wf_1", 1);
        Func<Task>[] asked =
        [
            () => journal.FindRunAsync("wf_1", Cancellation),
            () => journal.ListRunsAsync(10, Cancellation),
            () => journal.ReadCallsAsync("wf_1", Cancellation),
            () => journal.ReadRequestsAsync(Cancellation),
            () => journal.ReadLessonsAsync("/w", Cancellation),
            () => journal.CreateRunAsync(Entries.Run("wf_refused"), Cancellation),
            () => journal.TryLeaseAsync("wf_2", Cancellation),
            () => journal.RequestCancelAsync("wf_1", Cancellation),
            () => journal.OrderAsync("wf_1", new RunOrder(RunOrderKind.Pause), Cancellation),
        ];
        foreach (var away in await Task.WhenAll(asked.Select(ask => Assert.ThrowsAsync<JournalAwayException>(() => ask().WaitAsync(Soon, Cancellation)))))
        {
            Assert.Contains("cannot be reached: ", away.Message, StringComparison.Ordinal);
            Assert.Contains("Check that PostgreSQL runs there", away.Message, StringComparison.Ordinal);
            Assert.Contains("Nothing of what was asked has been done", away.Message, StringComparison.Ordinal);
        }

        Assert.False(append.IsCompleted);
        Assert.Contains("cannot be reached since", journal.Outage, StringComparison.Ordinal);
        await server.StartAsync();
        await append.WaitAsync(Soon, Cancellation);
        await UntilAsync(() => Task.FromResult(journal.Outage is null));

        Assert.Null(await journal.FindRunAsync("wf_refused", Cancellation));
        Assert.Equal([1], (await journal.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber));
        Assert.Equal([false, true], told.Select(static line => line.Contains("is back after", StringComparison.Ordinal)));
        Assert.Equal(0L, await place.SqlAsync("SELECT count(*) FROM Runs WHERE LeaseOwner IS NOT NULL AND Id = 'wf_2'"));
    }

    [Fact]
    public async Task Ask_NetworkSwallowsEverything_IsToldSoonAndAnsweredAfterwards()
    {
        var place = await PostgresPlace.MakeAsync();
        using var relay = new TcpRelay((await PostgresServer.SharedAsync()).Port);
        var options = place.Options with { Path = place.AddressBy(relay.Port) + "&Command%20Timeout=3", Patience = Patience };
        await using var journal = await PostgresJournal.OpenAsync(options, Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        Assert.NotNull(await journal.FindRunAsync("wf_1", Cancellation));
        relay.Cut();
        var began = Stopwatch.GetTimestamp();

        var write = await Assert.ThrowsAsync<JournalAwayException>(() => journal.CreateRunAsync(Entries.Run("wf_2"), Cancellation));
        var read = await Assert.ThrowsAsync<JournalAwayException>(() => journal.FindRunAsync("wf_1", Cancellation));

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Soon);
        Assert.Contains("no answer in time", read.Message, StringComparison.Ordinal);
        Assert.Contains("no answer in time", write.Message, StringComparison.Ordinal);
        relay.Mend();
        await journal.SettleAsync("wf_1", 1).WaitAsync(Soon, Cancellation);
        Assert.Single(await journal.ReadSettledAsync("wf_1", Cancellation));
        Assert.Null(await journal.FindRunAsync("wf_2", Cancellation));
    }

    [Fact]
    public async Task Ask_ConnectionsAreReset_IsAnswered()
    {
        var place = await PostgresPlace.MakeAsync();
        using var relay = new TcpRelay((await PostgresServer.SharedAsync()).Port);
        await using var journal = await PostgresJournal.OpenAsync(place.Options with { Path = place.AddressBy(relay.Port) }, Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);

        for (var i = 1; i <= 3; i++)
        {
            relay.Reset();
            Assert.NotNull(await journal.FindRunAsync("wf_1", Cancellation));
            relay.Reset();
            Assert.True(await journal.OrderAsync("wf_1", new RunOrder(RunOrderKind.Watch), Cancellation));
        }

        Assert.Null(journal.Outage);
    }

    [Fact]
    public async Task Ask_ConnectionsFromBeforeAreDeadAndNobodySaidSo_GoesByNewOnes()
    {
        var place = await PostgresPlace.MakeAsync();
        var options = place.Options with { Path = place.Address + "&Command%20Timeout=1&Cancellation%20Timeout=500&application_name=frozen", Patience = Patience };
        await using var journal = await PostgresJournal.OpenAsync(options, Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        Assert.NotNull(await journal.FindRunAsync("wf_1", Cancellation));
        var frozen = (string)(await place.SqlAsync($"SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE application_name IN ('frozen', left('mcp-workflows {options.Owner}', 63))"))!;
        await SignalAsync("-STOP", frozen);
        try
        {
            // Their processes say nothing more, as the far ends of connections that a firewall has forgotten.
            Assert.NotNull(await journal.FindRunAsync("wf_1", Cancellation).WaitAsync(Soon, Cancellation));
        }
        finally
        {
            await SignalAsync("-CONT", frozen);
        }

        await journal.SettleAsync("wf_1", 1).WaitAsync(Soon, Cancellation);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_ItsCommitTookEffectUnheardAndItGaveUp_IsUndone(bool isStart)
    {
        var place = await PostgresPlace.MakeAsync();
        using var cutter = new CommitCutter((await PostgresServer.SharedAsync()).Port);
        var options = place.Options with { Path = place.AddressBy(cutter.Port) + "&Max%20Auto%20Prepare=0" };
        await using var journal = await PostgresJournal.OpenAsync(options, Cancellation);
        await using var other = await place.OpenAsync();
        await other.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        await other.AppendAsync("wf_1", [new RunChanged { State = RunState.Paused, Totals = new RunTotals(), Release = true }], Cancellation);
        using var patience = new CancellationTokenSource();
        cutter.CutNext(CommitCutter.Cut.Withheld);

        var asked = isStart ? journal.CreateRunAsync(Entries.Run("wf_2"), patience.Token) : journal.TryLeaseAsync("wf_1", patience.Token);
        await cutter.Withheld.WaitAsync(Soon, Cancellation);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        cutter.Break();

        if (isStart)
        {
            await UntilAsync(async () => (await other.FindRunAsync("wf_2", Cancellation))!.State == RunState.Cancelled);
        }
        else
        {
            await UntilAsync(() => other.TryLeaseAsync("wf_1", Cancellation));
            Assert.Equal(RunState.Paused, (await other.FindRunAsync("wf_1", Cancellation))!.State);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Soon);
            await Task.Delay(10, Cancellation);
        }
    }

    private static async Task SignalAsync(string signal, string processes)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill {signal} {processes}"]);
        await kill.WaitForExitAsync(Cancellation);
        Assert.Equal(0, kill.ExitCode);
    }
}
