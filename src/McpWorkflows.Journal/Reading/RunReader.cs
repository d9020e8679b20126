using System.Data.Common;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Writing;
using static McpWorkflows.Journal.Reading.Query;

namespace McpWorkflows.Journal.Reading;

/// <summary>Reads runs and what others want of them.</summary>
internal sealed class RunReader(Database database)
{
    private readonly string select = $"""
        SELECT {LeaseRow.Columns(database.Owners)}, r.Id, r.CreatedAt, r.EndedAt, r.ParentId, r.Name, r.FileName, r.SettingsJson, r.TotalsJson, r.Error, r.Goal,
            r.ArgsJson, r.Script, r.ResultJson, r.WaitingFor, r.WaitingUntil
        FROM Runs r LEFT JOIN Owners o ON o.Name = r.LeaseOwner
        """;

    private readonly Owners owners = database.Owners;
    private readonly Query query = new(database);

    public async Task<RunRecord?> FindAsync(string runId, CancellationToken cancellationToken)
    {
        var found = await query.ReadAsync($"{select} WHERE r.Id = @id", ReadRun, cancellationToken, ("@id", runId)).ConfigureAwait(false);
        return found.SingleOrDefault();
    }

    public async Task<IReadOnlyList<RunRecord>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        var sql = $"{select} ORDER BY r.CreatedAt DESC, r.Key DESC LIMIT @limit";
        return await query.ReadAsync(sql, ReadRun, cancellationToken, ("@limit", Math.Max(0, limit))).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<RunRecord>> ListUnattendedAsync(CancellationToken cancellationToken)
    {
        // The states as in the index.
        var sql = $"{select} WHERE r.State IN ('Running', 'Waiting', 'Interrupted') AND (r.State <> 'Interrupted' OR r.Error IS NULL) ORDER BY r.CreatedAt, r.Key";
        var runs = await query.ReadAsync(
            sql, row => LeaseRow.Read(row).IsHeld(owners) ? null : ReadRun(row), cancellationToken).ConfigureAwait(false);
        return [.. runs.OfType<RunRecord>()];
    }

    /// <summary>What is asked of this process's runs, and whether there are orders to be taken besides.</summary>
    public async Task<(RunRequests Requests, bool AnyOrders)> ReadRequestsAsync(HeldLeases held, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT r.Id, r.CancelRequested,
                CASE WHEN EXISTS (SELECT 1 FROM Questions q WHERE q.RunKey = r.Key AND q.AnsweredAt IS NOT NULL AND q.Settled = 0) THEN 1 ELSE 0 END,
                CASE WHEN EXISTS (SELECT 1 FROM Orders o WHERE o.RunKey = r.Key) THEN 1 ELSE 0 END
            FROM Runs r WHERE r.LeaseOwner = @owner
            """;
        var believed = held.Read();
        var mine = await query.ReadAsync(
            Sql,
            static row => (Id: row.GetString(0), Cancel: Flag(row, 1), Answered: Flag(row, 2), Orders: Flag(row, 3)),
            cancellationToken,
            ("@owner", owners.Me)).ConfigureAwait(false);
        var requests = new RunRequests
        {
            Cancel = [.. mine.Where(run => run.Cancel).Select(run => run.Id)],
            Answered = [.. mine.Where(run => run.Answered).Select(run => run.Id)],
            Lost = await LostAsync(believed.ExceptBy(mine.Select(run => run.Id), run => run.Key), cancellationToken).ConfigureAwait(false),
        };
        return (requests, mine.Any(run => run.Orders));
    }

    /// <summary>Those that another took. A run that was let go of in the meantime still has its epoch.</summary>
    private async Task<IReadOnlyList<string>> LostAsync(IEnumerable<KeyValuePair<string, long>> missing, CancellationToken cancellationToken)
    {
        var lost = new List<string>();
        foreach (var (runId, epoch) in missing)
        {
            var found = await query.ReadAsync(
                "SELECT Id FROM Runs WHERE Id = @id AND LeaseEpoch > @epoch AND (LeaseOwner IS NULL OR LeaseOwner <> @owner)",
                static row => row.GetString(0),
                cancellationToken,
                ("@id", runId),
                ("@epoch", epoch),
                ("@owner", owners.Me)).ConfigureAwait(false);
            lost.AddRange(found);
        }

        return lost;
    }

    private RunRecord ReadRun(DbDataReader row)
    {
        var lease = LeaseRow.Read(row);
        const int First = LeaseRow.Count;
        return new RunRow
        {
            Key = lease.RunKey,
            Id = row.GetString(First),
            State = row.GetString(1),
            LeaseOwner = lease.Owner,
            LeaseEpoch = lease.Epoch,
            CreatedAt = row.GetInt64(First + 1),
            EndedAt = Number(row, First + 2),
            ParentId = Text(row, First + 3),
            Name = row.GetString(First + 4),
            FileName = row.GetString(First + 5),
            SettingsJson = row.GetString(First + 6),
            TotalsJson = row.GetString(First + 7),
            Error = Text(row, First + 8),
            Goal = Text(row, First + 9),
            ArgsJson = Text(row, First + 10),
            Script = row.GetString(First + 11),
            ResultJson = Text(row, First + 12),
            WaitingFor = Text(row, First + 13),
            WaitingUntil = Number(row, First + 14),
        }.ToRecord(lease.Heartbeat, owners);
    }
}
