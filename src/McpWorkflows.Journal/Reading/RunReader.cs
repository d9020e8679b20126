using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using static McpWorkflows.Journal.Reading.Query;

namespace McpWorkflows.Journal.Reading;

/// <summary>Reads runs and what others want of them.</summary>
internal sealed class RunReader(Connections connections, OwnerLock owners, JournalFailure failure)
{
    private readonly Query query = new(connections, failure);

    // Building the model costs more than opening a journal and writing a run to it, so only the list does.
    private readonly Lazy<DbContextOptions<JournalContext>> model = new(() => JournalContext.OptionsFor(connections.ForReading));

    public async Task<RunRecord?> FindAsync(string runId, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT Id, State, LeaseOwner, CreatedAt, EndedAt, ParentId, Name, FileName, SettingsJson, TotalsJson, Error, Goal, ArgsJson, Script, ResultJson, WaitingFor, WaitingUntil
            FROM Runs WHERE Id = @id
            """;
        var found = await query.ReadAsync(Sql, static row => new RunRow
        {
            Id = row.GetString(0),
            State = row.GetString(1),
            LeaseOwner = Text(row, 2),
            CreatedAt = row.GetInt64(3),
            EndedAt = Number(row, 4),
            ParentId = Text(row, 5),
            Name = row.GetString(6),
            FileName = row.GetString(7),
            SettingsJson = row.GetString(8),
            TotalsJson = row.GetString(9),
            Error = Text(row, 10),
            Goal = Text(row, 11),
            ArgsJson = Text(row, 12),
            Script = row.GetString(13),
            ResultJson = Text(row, 14),
            WaitingFor = Text(row, 15),
            WaitingUntil = Number(row, 16),
        }, cancellationToken, ("@id", runId)).ConfigureAwait(false);
        return found.SingleOrDefault()?.ToRecord(owners);
    }

    public async Task<IReadOnlyList<RunRecord>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        try
        {
            using var context = new JournalContext(model.Value);
            var rows = await context.Runs
                .OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Key)
                .Take(limit)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            return rows.ConvertAll(row => row.ToRecord(owners));
        }
        catch (SqliteException exception)
        {
            throw failure.From(exception);
        }
    }

    public async Task<RunRequests> ReadRequestsAsync(CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT r.Id, r.CancelRequested,
                EXISTS (SELECT 1 FROM Questions q WHERE q.RunKey = r.Key AND q.AnsweredAt IS NOT NULL AND q.Settled = 0)
            FROM Runs r WHERE r.LeaseOwner = @owner
            """;
        var mine = await query.ReadAsync(
            Sql,
            static row => (Id: row.GetString(0), Cancel: row.GetBoolean(1), Answered: row.GetBoolean(2)),
            cancellationToken,
            ("@owner", owners.Owner)).ConfigureAwait(false);
        return new RunRequests
        {
            Cancel = [.. mine.Where(run => run.Cancel).Select(run => run.Id)],
            Answered = [.. mine.Where(run => run.Answered).Select(run => run.Id)],
        };
    }
}
