using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.History;

namespace McpWorkflows.Journal.Tests.Postgres;

public sealed class PostgresWriterTests : IAsyncLifetime
{
    private static readonly Lazy<Task<PostgresPlace>> Common = new(PostgresPlace.MakeAsync);

    private PostgresPlace place = null!;
    private PostgresJournal journal = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        place = await PostgresPlace.EmptyAsync(Common);
        journal = await place.OpenAsync();
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (journal is not null)
        {
            await journal.DisposeAsync();
        }
    }

    [Fact]
    public async Task Append_ManyAtOnce_ShareCommits()
    {
        var before = journal.Commits;

        await Task.WhenAll(Enumerable.Range(1, 1_000).Select(i => journal.SettleAsync("wf_1", i)));

        Assert.InRange(journal.Commits - before, 1, 250);
        Assert.Equal(1_000, (await journal.ReadSettledAsync("wf_1", Cancellation)).Count);
        await place.CountsTheSameAsync(journal);
    }

    [Fact]
    public async Task Append_OneOfManyIsBad_FailsAloneAndWhole()
    {
        await journal.AppendAsync("wf_1", [new EventAppended(Entries.Event(1))], Cancellation);

        var appends = Enumerable.Range(1, 32).Select(i => i == 16
            ? journal.AppendAsync("wf_1", [new ItemSettled(Entries.Item(16)), new EventAppended(Entries.Event(1))], Cancellation)
            : journal.SettleAsync("wf_1", i)).ToList();

        Assert.Contains("holds such an entry already", (await Assert.ThrowsAsync<JournalException>(() => appends[15])).Message, StringComparison.Ordinal);
        appends.RemoveAt(15);
        await Task.WhenAll(appends);
        Assert.Equal(Enumerable.Range(1, 32).Where(i => i != 16), (await journal.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber));
    }

    [Fact]
    public async Task Append_RunsOfTwoOwnersInEachOthersWay_AllAreWritten()
    {
        await using var other = await place.OpenAsync();
        for (var i = 2; i <= 9; i++)
        {
            await (i % 2 == 0 ? journal : other).CreateRunAsync(Entries.Run($"wf_{i}"), Cancellation);
        }

        // Each asks something of all runs, in opposite orders, so that their transactions wait for each other's rows.
        var asked = Enumerable.Range(1, 100).SelectMany(i => new[]
        {
            journal.RequestCancelAsync($"wf_{(i % 9) + 1}", Cancellation),
            other.RequestCancelAsync($"wf_{9 - (i % 9)}", Cancellation),
        });

        Assert.All(await Task.WhenAll(asked), Assert.True);
    }

    [Fact]
    public async Task Append_Settlement_TakesTheCallOutOfTheLedger()
    {
        var key = Entries.Key(1);
        await journal.Dispatch.PostAsync("wf_1", key, "{}", Cancellation);
        await journal.Dispatch.PostAsync("wf_1", Entries.Key(2), "{}", Cancellation);

        await journal.SettleAsync("wf_1", 1);
        Assert.Equal(Entries.Key(2).Hash, await place.SqlAsync("SELECT string_agg(Hash, ',') FROM DispatchedCalls"));

        await journal.AppendAsync("wf_1", [new RunChanged { State = RunState.Completed, Totals = new RunTotals() }], Cancellation);
        Assert.Equal(0L, await place.SqlAsync("SELECT count(*) FROM DispatchedCalls"));
    }

    [Fact]
    public async Task Prune_EndedRuns_AreDeletedWithAllThatBelongsToThem()
    {
        await journal.SettleAsync("wf_1", 1);
        await journal.AppendAsync("wf_1", [new RunChanged { State = RunState.Completed, Totals = new RunTotals(), EndedAt = Entries.Noon }], Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_2"), Cancellation);

        var dry = await journal.PruneAsync(new PruneRequest { Before = Entries.Noon.AddDays(1), DryRun = true }, Cancellation);
        var report = await journal.PruneAsync(new PruneRequest { Before = Entries.Noon.AddDays(1), Compact = true }, Cancellation);

        Assert.Equal(["wf_1"], dry.RunIds);
        Assert.Equal(["wf_1"], report.RunIds);
        Assert.InRange(report.FileBytes, 1, dry.FileBytes);
        Assert.Equal(0L, await place.SqlAsync("SELECT count(*) FROM Outcomes"));
        Assert.Equal("wf_2", (await journal.ListRunsAsync(9, Cancellation)).Single().Id);
    }

    [Fact]
    public async Task Dispose_AppendsStillQueued_WritesThem()
    {
        var appends = Enumerable.Range(1, 100).Select(i => journal.SettleAsync("wf_1", i)).ToList();

        await journal.DisposeAsync();

        await Task.WhenAll(appends);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => journal.SettleAsync("wf_1", 101));
        Assert.Equal(0L, await place.SqlAsync("SELECT count(*) FROM Owners"));
    }
}
