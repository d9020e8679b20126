using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Lessons;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Writing;

/// <summary>The writer's connection with its transaction. Used by one thread at a time.</summary>
internal sealed class WriteSession : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly WriteLock writeLock;
    private readonly Statement commit;
    private readonly Statement rollback;
    private readonly Statement holder;
    private readonly Dictionary<string, long> seen = [];
    private readonly Owners owners;
    private CommitMark? mark;
    private long commits;
    private bool counting;

    public WriteSession(SqliteConnection connection, Owners owners, TimeProvider timeProvider, TimeSpan lockTimeout)
    {
        this.connection = connection;
        this.owners = owners;
        TimeProvider = timeProvider;
        writeLock = new WriteLock(connection, lockTimeout);
        commit = new Statement(connection, 0, "COMMIT");
        rollback = new Statement(connection, 0, "ROLLBACK");
        holder = new Statement(connection, 1, "SELECT Key, LeaseOwner, LeaseEpoch FROM Runs WHERE Id = @0");
        Runs = new RunStatements(connection);
        Entries = new EntryStatements(connection);
        Questions = new QuestionStatements(connection);
        Orders = new OrderStatements(connection);
        Owners = new OwnerStatements(connection);
        Lessons = new LessonStatements(connection);
    }

    public string Owner => owners.Me;

    /// <summary>Shared with readers of other threads.</summary>
    public HeldLeases Held { get; } = new();

    public TimeProvider TimeProvider { get; }

    public RunStatements Runs { get; }

    public EntryStatements Entries { get; }

    public QuestionStatements Questions { get; }

    public OrderStatements Orders { get; }

    public OwnerStatements Owners { get; }

    public LessonStatements Lessons { get; }

    public long UtcTicks => TimeProvider.GetUtcNow().UtcTicks;

    /// <summary>Takes note of a lease that this transaction writes.</summary>
    public void Lease(string runId, long epoch)
    {
        Held.Take(runId, epoch);
        Owners.Put(Owner, owners.Beat());
        foreach (var orphan in Owners.Orphans().Where(orphan => orphan != Owner && !owners.IsRemembered(orphan)))
        {
            Owners.Delete(orphan);
        }

        counting = true;
        AllowCheckpoints();
    }

    /// <summary>The key of a run that this owner holds, in the epoch in which it took it. Looked up once in each transaction.</summary>
    public long HeldRun(string runId)
    {
        if (seen.TryGetValue(runId, out var key))
        {
            return key;
        }

        using var reader = holder.Query(runId);
        if (!reader.Read())
        {
            throw JournalFailure.UnknownRun(runId);
        }

        if (reader.IsDBNull(1) || reader.GetString(1) != Owner || reader.GetInt64(2) != Held.EpochOf(runId))
        {
            throw new LeaseLostException(runId);
        }

        return seen[runId] = reader.GetInt64(0);
    }

    /// <summary>The run's lease ends with this transaction, for whatever else is in it.</summary>
    public void LetGo(string runId)
    {
        seen.Remove(runId);
        Held.LetGo(runId);
    }

    /// <summary>Takes the database's write lock, waiting for other processes up to the bound.</summary>
    public void Begin() => writeLock.Take();

    public void Commit()
    {
        var beat = owners.Beat();
        var counted = counting && Owners.Count(Owner, commits + 1, beat);
        commit.Execute();
        seen.Clear();
        var runsChanged = Held.Commit();
        if (!counted)
        {
            return;
        }

        commits++;
        mark ??= CommitMark.TryCreate(owners.MyMark);
        mark?.Write(commits, beat.BeatTime);
        if (runsChanged)
        {
            mark?.WriteRuns(Held.Read().Select(run => run.Key));
        }
    }

    public void Rollback()
    {
        seen.Clear();
        Held.Rollback();
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
    private void AllowCheckpoints()
    {
        using var pragma = new Statement(connection, 0, "PRAGMA wal_autocheckpoint = 1000");
        pragma.Execute();
    }

    public void Dispose()
    {
        Runs.Dispose();
        Entries.Dispose();
        Questions.Dispose();
        Orders.Dispose();
        Owners.Dispose();
        mark?.Dispose();
        writeLock.Dispose();
        commit.Dispose();
        rollback.Dispose();
        holder.Dispose();
        connection.Dispose();
    }
}
