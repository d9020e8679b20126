using McpWorkflows.Journal.Postgres.Migrations;
using McpWorkflows.Journal.Sqlite.Migrations;
using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>
/// Brings a database to this release's schema. Its version stands in <c>JournalSchema</c>; the tables are those that the
/// search path finds, and new ones go where it has new ones go.
/// </summary>
internal static class PostgresSchema
{
    /// <summary>Every step there is, in order.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } = [FirstPostgresSchema.Migration];

    /// <summary>All that the journal makes, in the database's own spelling.</summary>
    public static IReadOnlyList<string> Tables { get; } =
    [
        "journalschema", "runs", "calls", "outcomes", "events", "questions", "snapshots", "orders", "owners", "lessonbooks", "lessons",
        "dispatchedcalls", "workers", "slots",
    ];

    /// <summary>Those that grow with the runs.</summary>
    public static IReadOnlyList<string> TablesOfRuns { get; } = ["runs", "calls", "outcomes", "events", "questions", "snapshots"];

    /// <summary>Migrates in one transaction, and of several processes that start at once one does it.</summary>
    public static Task UpdateAsync(NpgsqlConnection connection, PostgresFailure failure, CancellationToken cancellationToken) =>
        UpdateAsync(connection, failure, Migrations, cancellationToken);

    internal static async Task UpdateAsync(
        NpgsqlConnection connection, PostgresFailure failure, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        var newest = migrations[^1].Version;
        if (Checked(await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false), newest, failure) == newest)
        {
            return;
        }

        await CheckDatabaseAsync(connection, failure, cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock(hashtextextended('mcpworkflows ' || current_schema(), 0))", cancellationToken).ConfigureAwait(false);
        var from = Checked(await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false), newest, failure);
        if (from == 0)
        {
            if (await ReadAsync<bool>(connection, AnyOf(Tables), cancellationToken).ConfigureAwait(false))
            {
                throw failure.NotOurs();
            }

            await ExecuteAsync(connection, "CREATE TABLE JournalSchema (Version bigint NOT NULL); INSERT INTO JournalSchema VALUES (0)", cancellationToken).ConfigureAwait(false);
        }

        foreach (var migration in migrations.Where(migration => migration.Version > from))
        {
            await ExecuteAsync(connection, migration.Sql, cancellationToken).ConfigureAwait(false);
        }

        await ExecuteAsync(connection, $"UPDATE JournalSchema SET Version = {newest}", cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static long Checked(long version, int newest, PostgresFailure failure) =>
        version > newest ? throw failure.NewerSchema(version, newest) : version;

    /// <summary>0 where there is no journal yet.</summary>
    private static async Task<long> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ReadAsync<bool>(connection, AnyOf(["journalschema"]), cancellationToken).ConfigureAwait(false)
            ? await ReadAsync<long>(connection, "SELECT max(Version) FROM JournalSchema", cancellationToken).ConfigureAwait(false)
            : 0;

    /// <summary>Asks the catalogue itself: what to_regclass says may be older than a lock that was waited for.</summary>
    private static string AnyOf(IReadOnlyList<string> tables) =>
        $"SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) AND tablename IN ('{string.Join("', '", tables)}'))";

    private static async Task CheckDatabaseAsync(NpgsqlConnection connection, PostgresFailure failure, CancellationToken cancellationToken)
    {
        var encoding = await ReadAsync<string>(connection, "SHOW server_encoding", cancellationToken).ConfigureAwait(false);
        if (encoding != "UTF8")
        {
            throw failure.NotUtf8(encoding);
        }

        if (await ReadAsync<bool>(connection, "SELECT current_schema() IS NULL", cancellationToken).ConfigureAwait(false))
        {
            throw failure.NoSchema();
        }
    }

    private static async Task<T> ReadAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // Whoever waits for the lock, or moves many rows, may take longer than a command that somebody waits for.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
