using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Tests.Postgres;

/// <summary>Who waits hears of what others commit, long before its time is up.</summary>
public sealed class ChangeFeedTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WaitForChange_EventOfARunElsewhere_WakesItsFollowersOnly()
    {
        var place = await PostgresPlace.MakeAsync();
        await using var owner = await place.OpenAsync();
        await using var other = await place.OpenAsync();
        await owner.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        await owner.CreateRunAsync(Entries.Run("wf_2"), Cancellation);
        await ListeningAsync(other, owner);
        var two = other.WaitForChangeAsync("wf_2", Long, TimeProvider.System, Cancellation);
        var one = other.WaitForChangeAsync("wf_1", Long, TimeProvider.System, Cancellation);

        await owner.AppendAsync("wf_1", [new EventAppended(Entries.Event(1))], Cancellation);

        await one.WaitAsync(Bound, Cancellation);

        // The next one has come by when the first would have reached the other.
        var again = other.WaitForChangeAsync("wf_1", Long, TimeProvider.System, Cancellation);
        await owner.AppendAsync("wf_1", [new EventAppended(Entries.Event(2))], Cancellation);
        await again.WaitAsync(Bound, Cancellation);
        Assert.False(two.IsCompleted);
    }

    [Fact]
    public async Task WaitForChange_OfOnesOwnRuns_WakesForWhatOthersWantOnly()
    {
        var place = await PostgresPlace.MakeAsync();
        await using var owner = await place.OpenAsync();
        await using var other = await place.OpenAsync();
        await owner.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        await other.CreateRunAsync(Entries.Run("wf_2"), Cancellation);
        await ListeningAsync(owner, owner);
        var asked = owner.WaitForChangeAsync(null, Long, TimeProvider.System, Cancellation);
        var own = owner.WaitForChangeAsync("wf_1", Long, TimeProvider.System, Cancellation);

        await other.RequestCancelAsync("wf_2", Cancellation);
        await owner.AppendAsync("wf_1", [new EventAppended(Entries.Event(1))], Cancellation);
        await own.WaitAsync(Bound, Cancellation);
        Assert.False(asked.IsCompleted);

        await other.OrderAsync("wf_1", new RunOrder(RunOrderKind.Pause), Cancellation);
        await asked.WaitAsync(Bound, Cancellation);
        Assert.Single((await owner.ReadRequestsAsync(Cancellation)).Orders);
    }

    [Fact]
    public async Task WaitForChange_NothingHappens_EndsWithItsTime()
    {
        var place = await PostgresPlace.MakeAsync();
        await using var journal = await place.OpenAsync();

        await journal.WaitForChangeAsync("wf_1", TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation).WaitAsync(Bound, Cancellation);
    }

    /// <summary>Its first wait opens the connection; it is open when a change is heard.</summary>
    private static async Task ListeningAsync(PostgresJournal listener, PostgresJournal writer)
    {
        await writer.CreateRunAsync(Entries.Run("wf_first"), Cancellation);
        await listener.WaitForChangeAsync("wf_none", Long, TimeProvider.System, Cancellation).WaitAsync(Bound, Cancellation);
        var heard = listener.WaitForChangeAsync("wf_first", Long, TimeProvider.System, Cancellation);
        await writer.AppendAsync("wf_first", [new EventAppended(Entries.Event(1))], Cancellation);
        await heard.WaitAsync(Bound, Cancellation);
    }
}
