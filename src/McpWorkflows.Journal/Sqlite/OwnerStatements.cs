using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Writing;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>Writes the owner's heartbeats and counts its commits; finds what dead owners left.</summary>
internal sealed class OwnerStatements(WriteConnection connection) : IDisposable
{
    private readonly Statement put = connection.Prepare(5, """
        INSERT INTO Owners (Name, Machine, LeaseMs, Commits, BeatMs, BeatTime) VALUES (@0, @1, @2, 0, @3, @4) ON CONFLICT (Name) DO NOTHING
        """);

    private readonly Statement count = connection.Prepare(4, "UPDATE Owners SET Commits = @1, BeatMs = @2, BeatTime = @3 WHERE Name = @0");

    private readonly Statement orphans = connection.Prepare(0, """
        SELECT Name FROM Owners WHERE NOT EXISTS (SELECT 1 FROM Runs WHERE LeaseOwner = Owners.Name)
        """);

    private readonly Statement delete = connection.Prepare(1, "DELETE FROM Owners WHERE Name = @0");

    private readonly Statement find = connection.Prepare(1, "SELECT Commits, BeatTime FROM Owners WHERE Name = @0");

    private readonly Statement setCommits = connection.Prepare(2, "UPDATE Owners SET Commits = @1 WHERE Name = @0");

    private readonly Statement runsOf = connection.Prepare(1, "SELECT Key, Id FROM Runs WHERE LeaseOwner = @0");

    private readonly Statement anyRun = connection.Prepare(0, "SELECT 1 FROM Runs LIMIT 1");

    private readonly Statement lastEvent = connection.Prepare(1, "SELECT COALESCE(MAX(Sequence), 0) FROM Events WHERE RunKey = @0");

    /// <summary>Makes the owner known, once.</summary>
    public void Put(string owner, Heartbeat heartbeat) =>
        put.Execute(owner, heartbeat.Machine, heartbeat.LeaseMs, heartbeat.BeatMs, heartbeat.BeatTime);

    /// <summary>Every commit is a sign of life. False for an owner that is not known.</summary>
    public bool Count(string owner, long commits, Heartbeat heartbeat) =>
        count.Execute(owner, commits, heartbeat.BeatMs, heartbeat.BeatTime) > 0;

    /// <summary>Owners without runs.</summary>
    public IReadOnlyList<string> Orphans()
    {
        using var rows = orphans.Query();
        var names = new List<string>();
        while (rows.Read())
        {
            names.Add(rows.GetString(0));
        }

        return names;
    }

    public void Delete(string owner) => delete.Execute(owner);

    public (long Commits, long BeatTime)? Find(string owner)
    {
        using var row = find.Query(owner);
        return row.Read() ? (row.GetInt64(0), row.GetInt64(1)) : null;
    }

    public void SetCommits(string owner, long commits) => setCommits.Execute(owner, commits);

    public IReadOnlyList<(long Key, string Id)> RunsOf(string owner)
    {
        using var rows = runsOf.Query(owner);
        var runs = new List<(long, string)>();
        while (rows.Read())
        {
            runs.Add((rows.GetInt64(0), rows.GetString(1)));
        }

        return runs;
    }

    public bool AnyRun()
    {
        using var row = anyRun.Query();
        return row.Read();
    }

    public long LastEvent(long run)
    {
        using var row = lastEvent.Query(run);
        row.Read();
        return row.GetInt64(0);
    }

    public void Dispose()
    {
        put.Dispose();
        count.Dispose();
        orphans.Dispose();
        delete.Dispose();
        find.Dispose();
        setCommits.Dispose();
        runsOf.Dispose();
        anyRun.Dispose();
        lastEvent.Dispose();
    }
}
