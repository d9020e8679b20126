using McpWorkflows.Journal.Leases;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>
/// Owners on one machine. One whose lock is free is dead, at once. One that holds its lock but whose heartbeat is older
/// than its leases last is suspended, and counts as dead: should it wake, the epochs of its runs have gone on.
/// </summary>
internal sealed class SqliteOwners(OwnerLock locks, MachineClock clock, TimeSpan leaseTime) : Owners
{
    public override string Me => locks.Owner;

    public override string BeatColumn => "o.BeatMs";

    public string MyMark => locks.MarkOf(Me);

    public override bool IsAlive(string owner, Heartbeat? heartbeat) =>
        owner == Me || (heartbeat?.IsOver(clock) != true && locks.IsAlive(owner));

    /// <summary>The owner has files still: it lives, or nobody has looked yet whether something of it was lost.</summary>
    public bool IsRemembered(string owner) => locks.HasFiles(owner);

    /// <summary>Whoever takes over the run of a dead owner was there when it died, or has looked at what it left.</summary>
    public void Forget(string owner) => locks.Forget(owner);

    /// <summary>This owner's own, now.</summary>
    public Heartbeat Beat() => new(clock.Machine, (long)leaseTime.TotalMilliseconds, clock.Ms, clock.UtcTicks);
}
