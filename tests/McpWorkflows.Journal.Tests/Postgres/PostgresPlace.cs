using System.Diagnostics;
using McpWorkflows.Testing.Servers;
using Npgsql;

namespace McpWorkflows.Journal.Tests.Postgres;

/// <summary>A place of its own for a test's journal: a schema in one database of the server.</summary>
internal sealed class PostgresPlace
{
    private static readonly Lazy<Task<string>> Shared = new(static async () => await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
    private static int places;

    private readonly NpgsqlConnectionStringBuilder connection;

    private PostgresPlace(NpgsqlConnectionStringBuilder connection) => this.connection = connection;

    public string Address => AddressBy(connection.Port);

    public JournalOptions Options => new() { Path = Address };

    /// <summary>On the server that the tests share; skips the test where there can be none.</summary>
    public static async Task<PostgresPlace> MakeAsync()
    {
        await PostgresServer.SharedAsync();
        var place = new PostgresPlace(new NpgsqlConnectionStringBuilder(await Shared.Value) { SearchPath = $"place_{Interlocked.Increment(ref places)}", MaxPoolSize = 2 });
        await place.SqlAsync($"CREATE SCHEMA {place.connection.SearchPath}");
        return place;
    }

    /// <summary>On a server of the test's own.</summary>
    public static async Task<PostgresPlace> MakeAsync(PostgresServer server) =>
        new(new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync()) { SearchPath = "public", Pooling = false });

    /// <summary>For tests that come one after another: one place, empty each time, which is faster than a new one.</summary>
    public static async Task<PostgresPlace> EmptyAsync(Lazy<Task<PostgresPlace>> place)
    {
        var made = await place.Value;
        if (await made.SqlAsync("SELECT to_regclass('runs')::text") is string)
        {
            await made.SqlAsync("DELETE FROM Runs; DELETE FROM Owners; DELETE FROM LessonBooks; DELETE FROM DispatchedCalls");
        }

        return made;
    }

    /// <param name="port">Of a relay to the server.</param>
    public string AddressBy(int port) =>
        $"postgres://{connection.Username}@{connection.Host}:{port}/{connection.Database}?search_path={connection.SearchPath}";

    public Task<PostgresJournal> OpenAsync() => PostgresJournal.OpenAsync(Options, TestContext.Current.CancellationToken);

    /// <summary>The only owner and the database count the same commits. Beats are commits too, and may come at any time.</summary>
    public async Task CountsTheSameAsync(PostgresJournal journal)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var (counted, stored) = (journal.Commits, await SqlAsync("SELECT max(Commits) FROM Owners"));
            if (Equals(counted, stored))
            {
                return;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20), $"{counted} commits were counted, and {stored} are stored.");
        }
    }

    /// <summary>Runs SQL behind the journal's back; gives the first value.</summary>
    public async Task<object?> SqlAsync(string sql)
    {
        await using var opened = new NpgsqlConnection(connection.ConnectionString);
        await opened.OpenAsync();
        await using var command = new NpgsqlCommand(sql, opened);
        return await command.ExecuteScalarAsync();
    }
}
