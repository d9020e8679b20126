using System.Collections.Concurrent;
using System.Diagnostics;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Journal.Tests.Postgres;

/// <summary>A connection that breaks at the commit: whether that took effect is found out, never guessed.</summary>
public sealed class LostAcknowledgementTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_ConnectionBreaksAtTheCommit_CountsOnce(bool takesEffect)
    {
        var place = await PostgresPlace.MakeAsync();
        using var cutter = new CommitCutter((await PostgresServer.SharedAsync()).Port);
        await using var journal = await PostgresJournal.OpenAsync(Options(place, cutter), Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);

        for (var i = 1; i <= 3; i++)
        {
            cutter.CutNext(takesEffect ? CommitCutter.Cut.After : CommitCutter.Cut.Before);

            // A second time it would be refused: there is such an event.
            await journal.AppendAsync("wf_1", [new EventAppended(Entries.Event(i)), new ItemSettled(Entries.Item(i))], Cancellation);
            Assert.True(cutter.IsCut);
        }

        Assert.Equal([1, 2, 3], (await journal.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber));
        Assert.Equal([1L, 2, 3], (await journal.ReadEventsAsync("wf_1", 0, 9, Cancellation)).Select(one => one.Sequence));
        await place.CountsTheSameAsync(journal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TryLease_ConnectionBreaksAtTheCommit_RaisesTheEpochOnce(bool takesEffect)
    {
        var place = await PostgresPlace.MakeAsync();
        using var cutter = new CommitCutter((await PostgresServer.SharedAsync()).Port);
        await using var journal = await PostgresJournal.OpenAsync(Options(place, cutter), Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        cutter.CutNext(takesEffect ? CommitCutter.Cut.After : CommitCutter.Cut.Before);

        Assert.True(await journal.TryLeaseAsync("wf_1", Cancellation));

        Assert.Equal(2L, await place.SqlAsync("SELECT LeaseEpoch FROM Runs"));
        await journal.SettleAsync("wf_1", 1);
    }

    [Fact]
    public async Task Append_DatabaseIsAnOlderState_SaysWhatIsLost()
    {
        var place = await PostgresPlace.MakeAsync();
        var told = new ConcurrentQueue<string>();
        // Beats are commits too: none comes before the test is over.
        await using var journal = await PostgresJournal.OpenAsync(place.Options with { Report = told.Enqueue, LeaseTime = TimeSpan.FromMinutes(30) }, Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        await journal.SettleAsync("wf_1", 1);
        await journal.SettleAsync("wf_1", 2);
        await place.SqlAsync("UPDATE Owners SET Commits = 1; SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity, Owners WHERE application_name LIKE '%' || Name");

        await journal.SettleAsync("wf_1", 3);

        Assert.Contains("has lost the last 2 commits", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryLease_OwnerFellSilentWithinATransaction_IsGrantedWithinSeconds()
    {
        var place = await PostgresPlace.MakeAsync();
        using var cutter = new CommitCutter((await PostgresServer.SharedAsync()).Port);
        var owner = await PostgresJournal.OpenAsync(Options(place, cutter) with { LeaseTime = TimeSpan.FromSeconds(1) }, Cancellation);
        await using var other = await place.OpenAsync();
        await owner.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        cutter.CutNext(CommitCutter.Cut.Silent);
        var append = owner.SettleAsync("wf_1", 1);
        var began = Stopwatch.GetTimestamp();

        // The run's row is locked by a transaction of which nothing more is heard. The owner gives it up after 15 s, but the server
        // does not hear of that either: only by its own clock does it let go.
        var bound = TimeSpan.FromSeconds(45);
        while (!await other.TryLeaseAsync("wf_1", Cancellation).WaitAsync(bound, Cancellation))
        {
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, bound);
        }

        await other.SettleAsync("wf_1", 2);
        cutter.Dispose();
        await owner.DisposeAsync();
        await Assert.ThrowsAnyAsync<JournalException>(() => append);
        Assert.Equal([2], (await other.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber));
    }

    // The commit's own word is looked for, so it must not be prepared.
    private static JournalOptions Options(PostgresPlace place, CommitCutter cutter) =>
        place.Options with { Path = place.AddressBy(cutter.Port) + "&Max%20Auto%20Prepare=0" };
}
