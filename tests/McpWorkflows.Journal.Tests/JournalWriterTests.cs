using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Tests;

public sealed class JournalWriterTests : IDisposable
{
    private readonly JournalFile file = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task Append_ManyAtOnce_ShareCommits()
    {
        await using var journal = await file.OpenAsync();
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        var before = journal.Commits;

        await Task.WhenAll(Enumerable.Range(1, 1_000).Select(i => journal.SettleAsync("wf_1", i)));

        Assert.InRange(journal.Commits - before, 1, 250);
        Assert.Equal(1_000, (await journal.ReadSettledAsync("wf_1", Cancellation)).Count);
    }

    [Fact]
    public async Task Append_OneOfManyIsBad_FailsAloneAndWhole()
    {
        await using var journal = await file.OpenAsync();
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        await journal.AppendAsync("wf_1", [new EventAppended(Entries.Event(1))], Cancellation);

        var appends = Enumerable.Range(1, 32).Select(i => i == 16
            ? journal.AppendAsync("wf_1", [new ItemSettled(Entries.Item(16)), new EventAppended(Entries.Event(1))], Cancellation)
            : journal.SettleAsync("wf_1", i)).ToList();

        await Assert.ThrowsAsync<JournalException>(() => appends[15]);
        appends.RemoveAt(15);
        await Task.WhenAll(appends);
        Assert.Equal(
            Enumerable.Range(1, 32).Where(i => i != 16),
            (await journal.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber));
    }

    [Fact]
    public async Task Append_RightAfterTheEndOfTheRun_LosesTheLeaseEvenInTheSameCommit()
    {
        await using var journal = await file.OpenAsync();
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);

        var end = journal.AppendAsync("wf_1", [new RunChanged { State = RunState.Completed, Totals = new RunTotals() }], Cancellation);
        var late = journal.SettleAsync("wf_1", 1);

        await end;
        await Assert.ThrowsAsync<LeaseLostException>(() => late);
    }

    [Fact]
    public async Task TryLease_EachTime_RaisesTheEpoch()
    {
        await using var journal = await file.OpenAsync();
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);

        Assert.True(await journal.TryLeaseAsync("wf_1", Cancellation));

        Assert.Equal(2L, file.Sql("SELECT LeaseEpoch FROM Runs"));
    }

    [Fact]
    public async Task Append_AlreadyCancelled_WritesNothing()
    {
        await using var journal = await file.OpenAsync();
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            journal.AppendAsync("wf_1", [new ItemSettled(Entries.Item(1))], new CancellationToken(canceled: true)));

        Assert.Empty(await journal.ReadSettledAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task Dispose_AppendsStillQueued_WritesThem()
    {
        var journal = await file.OpenAsync();
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        var appends = Enumerable.Range(1, 100).Select(i => journal.SettleAsync("wf_1", i)).ToList();

        await journal.DisposeAsync();

        await Task.WhenAll(appends);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => journal.SettleAsync("wf_1", 101));
    }

    [Fact]
    public async Task Append_WhileAReaderHoldsItsSnapshot_IsNotBlocked()
    {
        await using var journal = await file.OpenAsync();
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        using var reader = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file.Path};Pooling=False");
        reader.Open();
        using var transaction = reader.BeginTransaction(deferred: true);
        using var count = reader.CreateCommand();
        count.CommandText = "SELECT COUNT(*) FROM Outcomes";
        Assert.Equal(0L, count.ExecuteScalar());

        await journal.SettleAsync("wf_1", 1);

        Assert.Equal(0L, count.ExecuteScalar());
        Assert.Single(await journal.ReadSettledAsync("wf_1", Cancellation));
    }
}
