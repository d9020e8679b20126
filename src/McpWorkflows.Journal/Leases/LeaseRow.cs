using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Leases;

/// <summary>A lease as a query gives it.</summary>
internal static class LeaseRow
{
    /// <summary>Columns of <c>Runs r LEFT JOIN Owners o</c>, in the order that <see cref="Read"/> expects.</summary>
    public const string Columns = "r.Key, r.State, r.LeaseOwner, r.LeaseEpoch, o.Machine, o.LeaseMs, o.BeatMs, o.BeatTime";

    public const int Count = 8;

    public static Lease Read(SqliteDataReader row) => new(
        row.GetInt64(0),
        Names.To<RunState>(row.GetString(1)),
        row.IsDBNull(2) ? null : row.GetString(2),
        row.GetInt64(3),
        row.IsDBNull(4) ? null : new Heartbeat(row.GetString(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)));
}
