using McpWorkflows.Engine.Journal;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Writing;

/// <summary>The writer's connection with its transaction. Used by one thread at a time.</summary>
internal sealed class WriteSession : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Statement rollback;
    private readonly Statement holder;
    private readonly Dictionary<string, long> held = [];

    public WriteSession(SqliteConnection connection, string owner, TimeProvider timeProvider)
    {
        this.connection = connection;
        Owner = owner;
        TimeProvider = timeProvider;
        begin = new Statement(connection, 0, "BEGIN IMMEDIATE");
        commit = new Statement(connection, 0, "COMMIT");
        rollback = new Statement(connection, 0, "ROLLBACK");
        holder = new Statement(connection, 1, "SELECT Key, LeaseOwner FROM Runs WHERE Id = @0");
        Runs = new RunStatements(connection);
        Entries = new EntryStatements(connection);
        Questions = new QuestionStatements(connection);
    }

    public string Owner { get; }

    public TimeProvider TimeProvider { get; }

    public RunStatements Runs { get; }

    public EntryStatements Entries { get; }

    public QuestionStatements Questions { get; }

    public long UtcTicks => TimeProvider.GetUtcNow().UtcTicks;

    /// <summary>
    /// The key of a run that this owner holds. An owner is one opened journal, so the run under its name is the run in
    /// its latest epoch: whoever took it over put another name there, in a transaction before or after this one.
    /// </summary>
    public long HeldRun(string runId)
    {
        if (held.TryGetValue(runId, out var key))
        {
            return key;
        }

        using var reader = holder.Query(runId);
        if (!reader.Read())
        {
            throw JournalFailure.UnknownRun(runId);
        }

        if (reader.IsDBNull(1) || reader.GetString(1) != Owner)
        {
            throw new LeaseLostException(runId);
        }

        return held[runId] = reader.GetInt64(0);
    }

    /// <summary>The next append looks at the lease again.</summary>
    public void Forget(string runId) => held.Remove(runId);

    /// <summary>Takes the database's write lock, waiting for other processes up to the bound.</summary>
    public void Begin() => begin.Execute();

    public void Commit()
    {
        commit.Execute();
        held.Clear();
    }

    public void Rollback()
    {
        held.Clear();
        try
        {
            rollback.Execute();
        }
        catch (SqliteException)
        {
            // A full disk or a failed write has SQLite roll back by itself; then there is no transaction left to end.
        }
    }

    /// <summary>
    /// Lets commits move the write-ahead log into the database. Only a process that leases runs does: one that just
    /// looks, or asks for a cancellation, leaves that work to them.
    /// </summary>
    public void AllowCheckpoints()
    {
        using var pragma = new Statement(connection, 0, "PRAGMA wal_autocheckpoint = 1000");
        pragma.Execute();
    }

    public void Dispose()
    {
        Runs.Dispose();
        Entries.Dispose();
        Questions.Dispose();
        begin.Dispose();
        commit.Dispose();
        rollback.Dispose();
        holder.Dispose();
        connection.Dispose();
    }
}
