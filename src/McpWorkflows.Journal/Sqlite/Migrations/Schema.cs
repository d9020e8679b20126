using System.Globalization;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Sqlite.Migrations;

/// <summary>
/// Brings a database to this release's schema. <c>user_version</c> holds the schema's version, <c>application_id</c>
/// tells a journal from any other database.
/// </summary>
internal static class Schema
{
    /// <summary><c>MCPW</c></summary>
    public const long ApplicationId = 0x4D435057;

    /// <summary>Throws for a database that is not a journal, or one of a newer release.</summary>
    public static void Check(SqliteConnection connection, JournalFailure failure) => NeedsUpdate(connection, failure, Migration.All);

    /// <summary>Throws also for a journal of an older release, which would have to be migrated first.</summary>
    public static void CheckReadable(SqliteConnection connection, JournalFailure failure)
    {
        if (NeedsUpdate(connection, failure, Migration.All))
        {
            throw failure.OlderSchema();
        }
    }

    /// <summary>Migrates in one transaction, so that a journal is never between two versions.</summary>
    public static void Update(SqliteConnection connection, JournalFailure failure) => Update(connection, failure, Migration.All);

    internal static void Update(SqliteConnection connection, JournalFailure failure, IReadOnlyList<Migration> migrations)
    {
        if (!NeedsUpdate(connection, failure, migrations))
        {
            return;
        }

        using var transaction = connection.BeginTransaction(deferred: false);

        // Another process may have migrated it while this one waited for the lock.
        if (NeedsUpdate(connection, failure, migrations))
        {
            var from = Read(connection, "PRAGMA user_version");
            foreach (var migration in migrations.Where(migration => migration.Version > from))
            {
                Execute(connection, migration.Sql);
            }

            Execute(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {migrations[^1].Version}");
        }

        transaction.Commit();
    }

    private static bool NeedsUpdate(SqliteConnection connection, JournalFailure failure, IReadOnlyList<Migration> migrations)
    {
        var newest = migrations[^1].Version;
        var version = Read(connection, "PRAGMA user_version");
        var id = Read(connection, "PRAGMA application_id");
        if (id != ApplicationId)
        {
            return Read(connection, "SELECT COUNT(*) FROM sqlite_master") == 0 && id == 0 ? true : throw failure.NotOurs();
        }

        return version > newest ? throw failure.NewerSchema(version, newest) : version < newest;
    }

    private static long Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
