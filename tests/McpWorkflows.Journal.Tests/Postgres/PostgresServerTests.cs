using McpWorkflows.Journal.Postgres;
using McpWorkflows.Testing.Servers;
using Npgsql;

namespace McpWorkflows.Journal.Tests.Postgres;

public sealed class PostgresServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_AfterKill_HasWhatWasCommittedOnTheSamePort()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var database = await server.CreateDatabaseAsync();
        await ExecuteAsync(database, CoordinationSchema.Sql + "INSERT INTO Workers VALUES ('w1', now(), '{}')");
        await server.KillAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExecuteAsync(database, "SELECT 1"));

        await server.StartAsync();

        Assert.Equal("{}", await ExecuteAsync(database, "SELECT CardJson FROM Workers WHERE Name = 'w1'"));
        await server.StopAsync();
        await server.StartAsync();
        Assert.Equal("{}", await ExecuteAsync(database, "SELECT CardJson FROM Workers WHERE Name = 'w1'"));
    }

    [Fact]
    public async Task CreateDatabaseAsync_ThroughARelayThatIsCut_HearsNothingUntilMended()
    {
        var server = await PostgresServer.SharedAsync();
        using var relay = new TcpRelay(server.Port);
        var database = await server.CreateDatabaseAsync(relay.Port) + ";Pooling=false;Timeout=1";
        Assert.Equal(1, await ExecuteAsync(database, "SELECT 1"));

        relay.Cut();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExecuteAsync(database, "SELECT 1"));
        relay.Mend();
        Assert.Equal(1, await ExecuteAsync(database, "SELECT 1"));
    }

    private static async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancellation);
    }
}
