using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Journal.Tests.Postgres;

public sealed class PostgresPoolerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_PoolOfSessions_CarriesTheJournal()
    {
        var server = await PostgresServer.SharedAsync();
        await using var pooler = await PgBouncer.StartAsync(server, "session");
        var address = await AddressAsync(server, pooler);
        await using var journal = await PostgresJournal.OpenAsync(new JournalOptions { Path = address }, Cancellation);
        await using var follower = await PostgresJournal.OpenAsync(new JournalOptions { Path = address }, Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);

        var listening = follower.WaitForChangeAsync("wf_1", TimeSpan.FromMinutes(5), TimeProvider.System, Cancellation);
        for (var i = 1; !listening.IsCompleted; i++)
        {
            await journal.SettleAsync("wf_1", i);
        }

        await listening;
        Assert.NotEmpty(await follower.ReadSettledAsync("wf_1", Cancellation));
        Assert.False(await follower.TryLeaseAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task Open_PoolOfTransactions_IsRefusedWithTheRemedy()
    {
        var server = await PostgresServer.SharedAsync();
        await using var pooler = await PgBouncer.StartAsync(server, "transaction");

        var refused = await Assert.ThrowsAsync<JournalException>(async () =>
            await PostgresJournal.OpenAsync(new JournalOptions { Path = await AddressAsync(server, pooler) }, Cancellation));

        Assert.Contains("pool_mode = transaction", refused.Message, StringComparison.Ordinal);
        Assert.Contains("pool_mode = session", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_PoolerRefusesASetting_IsSaidAtOnce()
    {
        var server = await PostgresServer.SharedAsync();
        await using var pooler = await PgBouncer.StartAsync(server, "session");
        var options = new JournalOptions { Path = $"{await AddressAsync(server, pooler)}?search_path=public", LockTimeout = TimeSpan.FromHours(1) };

        var refused = await Assert.ThrowsAsync<JournalException>(() => PostgresJournal.OpenAsync(options, Cancellation));

        Assert.Contains("ALTER ROLE", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<string> AddressAsync(PostgresServer server, PgBouncer pooler)
    {
        var database = (await server.CreateDatabaseAsync()).Split("Database=")[1];
        return $"postgres://postgres@127.0.0.1:{pooler.Port}/{database}";
    }
}
