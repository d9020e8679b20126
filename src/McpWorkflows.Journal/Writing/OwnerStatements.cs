using McpWorkflows.Journal.Leases;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Writing;

/// <summary>Writes the owner's heartbeats, and forgets those of owners without runs.</summary>
internal sealed class OwnerStatements(SqliteConnection connection) : IDisposable
{
    private readonly Statement put = new(connection, 5, """
        INSERT INTO Owners (Name, Machine, LeaseMs, BeatMs, BeatTime) VALUES (@0, @1, @2, @3, @4)
        ON CONFLICT (Name) DO UPDATE SET LeaseMs = excluded.LeaseMs, BeatMs = excluded.BeatMs, BeatTime = excluded.BeatTime
        """);

    private readonly Statement beat = new(connection, 3, """
        UPDATE Owners SET BeatMs = @1, BeatTime = @2 WHERE Name = @0 AND EXISTS (SELECT 1 FROM Runs WHERE LeaseOwner = @0)
        """);

    private readonly Statement sweep = new(connection, 1, """
        DELETE FROM Owners WHERE Name <> @0 AND NOT EXISTS (SELECT 1 FROM Runs WHERE LeaseOwner = Owners.Name)
        """);

    /// <summary>Whoever takes a lease says first that it lives.</summary>
    public void Put(string owner, Heartbeat heartbeat)
    {
        put.Execute(owner, heartbeat.Machine, heartbeat.LeaseMs, heartbeat.BeatMs, heartbeat.BeatTime);
        sweep.Execute(owner);
    }

    /// <summary>Writes nothing for an owner without runs.</summary>
    public void Beat(string owner, Heartbeat heartbeat) => beat.Execute(owner, heartbeat.BeatMs, heartbeat.BeatTime);

    public void Dispose()
    {
        put.Dispose();
        beat.Dispose();
        sweep.Dispose();
    }
}
