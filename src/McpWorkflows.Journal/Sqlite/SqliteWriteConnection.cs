using McpWorkflows.Journal.Writing;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>A connection of its own, whose transactions have the file to themselves.</summary>
internal sealed class SqliteWriteConnection : WriteConnection
{
    private readonly SqliteConnection connection;
    private readonly WriteLock writeLock;
    private readonly Statement commit;
    private readonly Statement rollback;

    public SqliteWriteConnection(SqliteConnection connection, TimeSpan lockTimeout)
    {
        this.connection = connection;
        writeLock = new WriteLock(connection, lockTimeout);
        commit = Prepare(0, "COMMIT");
        rollback = Prepare(0, "ROLLBACK");
    }

    public override Statement Prepare(int parameters, string sql) => new SqliteStatement(connection, parameters, sql);

    public override void Begin() => writeLock.Take();

    public override void Commit() => commit.Execute();

    public override void Rollback()
    {
        try
        {
            rollback.Execute();
        }
        catch (SqliteException)
        {
            // A full disk or a failed write has SQLite roll back by itself; then there is no transaction left to end.
        }
    }

    public override void Lock(string name)
    {
        // The transaction has the whole file.
    }

    public override void Dispose()
    {
        writeLock.Dispose();
        commit.Dispose();
        rollback.Dispose();
        connection.Dispose();
    }
}
