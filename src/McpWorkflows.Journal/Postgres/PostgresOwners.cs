using McpWorkflows.Journal.Leases;

namespace McpWorkflows.Journal.Postgres;

/// <summary>
/// Owners on any machine: those live whose last beat is not over by the database's clock. A server that comes up again
/// gives them the time of a lease to beat anew.
/// </summary>
internal sealed class PostgresOwners(string me) : Owners
{
    /// <summary>SQL for the database's clock, in milliseconds.</summary>
    public const string Now = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)";

    private const string Up = "CAST(EXTRACT(EPOCH FROM pg_postmaster_start_time()) * 1000 AS bigint)";

    public override string Me => me;

    /// <summary>By a clock that stands at 0 now.</summary>
    public override string BeatColumn => $"GREATEST(o.BeatMs, {Up}) - {Now}";

    public override bool IsAlive(string owner, Heartbeat? heartbeat) => owner == me || (heartbeat is { } beat && -beat.BeatMs <= beat.LeaseMs);
}
