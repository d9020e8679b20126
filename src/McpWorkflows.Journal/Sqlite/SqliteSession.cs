using McpWorkflows.Journal.Writing;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>Writes to the file; beats and counts commits there and in a mark beside it.</summary>
internal sealed class SqliteSession : WriteSession
{
    private readonly WriteConnection connection;
    private readonly SqliteOwners owners;
    private CommitMark? mark;
    private long commits;
    private bool counting;
    private long beaten;
    private bool counted;

    public SqliteSession(WriteConnection connection, SqliteOwners owners, TimeProvider timeProvider)
        : base(connection, owners, timeProvider)
    {
        this.connection = connection;
        this.owners = owners;
        Beats = new OwnerStatements(connection);
    }

    public OwnerStatements Beats { get; }

    public override void Lease(string runId, long epoch)
    {
        base.Lease(runId, epoch);
        Beats.Put(Owner, owners.Beat());
        foreach (var orphan in Beats.Orphans().Where(orphan => orphan != Owner && !owners.IsRemembered(orphan)))
        {
            Beats.Delete(orphan);
        }

        counting = true;
        AllowCheckpoints();
    }

    public override void TakeOver(string before) => owners.Forget(before);

    public override void Dispose()
    {
        Beats.Dispose();
        mark?.Dispose();
        base.Dispose();
    }

    protected override void Sign()
    {
        var beat = owners.Beat();
        beaten = beat.BeatTime;
        counted = counting && Beats.Count(Owner, commits + 1, beat);
    }

    protected override void AfterCommit(bool runsChanged)
    {
        if (!counted)
        {
            return;
        }

        commits++;
        mark ??= CommitMark.TryCreate(owners.MyMark);
        mark?.Write(commits, beaten);
        if (runsChanged)
        {
            mark?.WriteRuns(Held.Read().Select(run => run.Key));
        }
    }

    /// <summary>
    /// Lets commits move the write-ahead log into the database. Only a process that leases runs does: one that just
    /// looks, or asks for a cancellation, leaves that work to them.
    /// </summary>
    private void AllowCheckpoints()
    {
        using var pragma = connection.Prepare(0, "PRAGMA wal_autocheckpoint = 1000");
        pragma.Execute();
    }
}
