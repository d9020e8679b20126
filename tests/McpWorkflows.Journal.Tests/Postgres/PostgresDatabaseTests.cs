using McpWorkflows.Journal.Postgres;

namespace McpWorkflows.Journal.Tests.Postgres;

public sealed class PostgresDatabaseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // A connection that was dying threw out of the cancelling of whoever had asked, and out of the journal's end.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_ConnectionThrowsWhenItIsTold_DoesNotReachWhoeverCancels(bool isCaller)
    {
        var place = await PostgresPlace.MakeAsync();
        var database = new PostgresDatabase(
            PostgresAddress.Parse(place.Address, static _ => null), new PostgresFailure("test", null), new PostgresOwners("me"), place.Options);
        using var caller = new CancellationTokenSource();
        var asked = database.AskAsync(DyingAsync, caller.Token);

        await (isCaller ? caller.CancelAsync() : database.DisposeAsync().AsTask());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        if (isCaller)
        {
            await database.DisposeAsync();
        }
    }

    private static async Task<int> DyingAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(static () => throw new ObjectDisposedException("connection"));
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).WaitAsync(Cancellation);
        return 0;
    }
}
