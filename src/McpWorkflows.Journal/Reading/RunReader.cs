using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Texts;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Reading;

/// <summary>
/// What running, resuming and cancelling read. Plain commands: the process that does one of these is often a young
/// one, and building the model would cost it more than all of its own work.
/// </summary>
internal sealed class RunReader(Connections connections, OwnerLock owners, JournalFailure failure)
{
    public async Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT Id, State, LeaseOwner, CreatedAt, EndedAt, ParentId, Name, FileName, SettingsJson, TotalsJson, Error, Goal, ArgsJson, Script, ResultJson
            FROM Runs WHERE Id = @id
            """;
        var found = await QueryAsync(Sql, "@id", runId, static row => new RunRow
        {
            Id = row.GetString(0),
            State = row.GetString(1),
            LeaseOwner = Text(row, 2),
            CreatedAt = row.GetInt64(3),
            EndedAt = row.IsDBNull(4) ? null : row.GetInt64(4),
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
        }, cancellationToken).ConfigureAwait(false);
        return found.SingleOrDefault()?.ToRecord(owners);
    }

    public async Task<IReadOnlyList<SettledItem>> ReadSettledAsync(string runId, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT o.Kind, o.Hash, o.Ordinal, o.Sequence, o.Time, o.CallNumber, o.Error, o.OutcomeJson, o.AnswerJson
            FROM Runs r LEFT JOIN Outcomes o ON o.RunKey = r.Key
            WHERE r.Id = @id ORDER BY o.Sequence
            """;
        return await QueryOfRunAsync(Sql, runId, static row => new OutcomeRow
        {
            Kind = row.GetString(0),
            Hash = row.GetString(1),
            Ordinal = row.GetInt32(2),
            Sequence = row.GetInt64(3),
            Time = row.GetInt64(4),
            CallNumber = row.GetInt32(5),
            Error = Text(row, 6),
            OutcomeJson = Text(row, 7),
            AnswerJson = Text(row, 8),
        }.ToRecord(), cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyDictionary<string, string>> ReadSnapshotsAsync(string runId, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT s.Name, s.Text FROM Runs r LEFT JOIN Snapshots s ON s.RunKey = r.Key WHERE r.Id = @id";
        var snapshots = await QueryOfRunAsync(
            Sql, runId, static row => (StoredText.Decode(row.GetString(0)), StoredText.Decode(row.GetString(1))), cancellationToken).ConfigureAwait(false);
        return snapshots.ToDictionary();
    }

    public async Task<IReadOnlyList<string>> ReadCancelRequestsAsync(CancellationToken cancellationToken)
    {
        const string Sql = "SELECT Id FROM Runs WHERE CancelRequested <> 0 AND LeaseOwner = @owner";
        return await QueryAsync(Sql, "@owner", owners.Owner, static row => row.GetString(0), cancellationToken).ConfigureAwait(false);
    }

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>A run that is there but has nothing of the kind gives one row of nulls; an unknown one gives none, and throws.</summary>
    private async Task<List<T>> QueryOfRunAsync<T>(string sql, string runId, Func<SqliteDataReader, T> read, CancellationToken cancellationToken)
        where T : notnull
    {
        var known = false;
        var items = new List<T>();
        await QueryAsync(sql, "@id", runId, row =>
        {
            known = true;
            if (!row.IsDBNull(0))
            {
                items.Add(read(row));
            }

            return true;
        }, cancellationToken).ConfigureAwait(false);
        return known ? items : throw JournalFailure.UnknownRun(runId);
    }

    private async Task<List<T>> QueryAsync<T>(
        string sql, string parameter, string value, Func<SqliteDataReader, T> read, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = new SqliteConnection(connections.ForReading);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddWithValue(parameter, value);
            using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var items = new List<T>();
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                items.Add(read(rows));
            }

            return items;
        }
        catch (SqliteException exception)
        {
            throw failure.From(exception);
        }
    }
}
