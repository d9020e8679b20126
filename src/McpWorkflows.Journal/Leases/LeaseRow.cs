using System.Data.Common;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;

namespace McpWorkflows.Journal.Leases;

/// <summary>A lease as a query gives it.</summary>
internal static class LeaseRow
{
    /// <summary>Columns of <c>Runs r LEFT JOIN Owners o</c>, in the order that <see cref="Read"/> expects.</summary>
    public static string Columns(Owners owners) => $"r.Key, r.State, r.LeaseOwner, r.LeaseEpoch, o.Machine, o.LeaseMs, {owners.BeatColumn}, o.BeatTime";

    public const int Count = 8;

    public static Lease Read(DbDataReader row) => new(
        row.GetInt64(0),
        Names.To<RunState>(row.GetString(1)),
        row.IsDBNull(2) ? null : row.GetString(2),
        row.GetInt64(3),
        row.IsDBNull(4) ? null : new Heartbeat(row.GetString(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)));
}
