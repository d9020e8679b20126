using McpWorkflows.Journal.Sqlite.Migrations;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>Opens connections to the database, each as its user needs it.</summary>
internal sealed class Connections(JournalOptions options, JournalFailure failure)
{
    /// <summary>Pooled; readers see the last commit and are never blocked by the writer.</summary>
    public string ForReading { get; private set; } = new SqliteConnectionStringBuilder
    {
        DataSource = options.Path,
        Mode = SqliteOpenMode.ReadWrite,
        DefaultTimeout = Math.Max(1, (int)options.LockTimeout.TotalSeconds),
    }.ToString();

    /// <summary>Creates or migrates the database as needed and refuses what is not a journal of this release.</summary>
    public SqliteConnection OpenForWriting()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Pooling = false,
            ForeignKeys = true,

            // SQLite itself does the waiting, in small steps; this bound only ends the provider's own, coarser one.
            DefaultTimeout = 1,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout = {(long)options.LockTimeout.TotalMilliseconds}");
            // Looks before it touches: a database that is refused stays as it is.
            Schema.Check(connection, failure);
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
            Schema.Update(connection, failure);

            // SQLite opens what it may not write without a word; only asking for the write lock tells.
            Execute(connection, "BEGIN IMMEDIATE; ROLLBACK");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Turns to a database that this process may not write. Without a log beside it nobody has it open, and SQLite need not
    /// make the files it would share with writers.
    /// </summary>
    public void TurnReadOnly()
    {
        var immutable = File.Exists(options.Path + "-wal") ? "" : "?immutable=1";
        ForReading = new SqliteConnectionStringBuilder
        {
            DataSource = new Uri(options.Path).AbsoluteUri + immutable,
            Mode = SqliteOpenMode.ReadOnly,
            DefaultTimeout = Math.Max(1, (int)options.LockTimeout.TotalSeconds),
        }.ToString();
        using var connection = new SqliteConnection(ForReading);
        connection.Open();
        Schema.CheckReadable(connection, failure);
    }

    public void Close() => SqliteConnection.ClearPool(new SqliteConnection(ForReading));

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
