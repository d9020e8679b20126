using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;
using static McpWorkflows.Journal.Reading.Query;

namespace McpWorkflows.Journal.Reading;

/// <summary>
/// Reads what belongs to one run. Plain commands: the process that resumes or reports a run is often a young one, and
/// building a model would cost it more than all of this.
/// </summary>
internal sealed class ItemReader(Database database)
{
    private readonly Query query = new(database);

    public async Task<IReadOnlyList<SettledItem>> ReadSettledAsync(string runId, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT o.Kind, o.Hash, o.Ordinal, o.Sequence, o.Time, o.CallNumber, o.Error, o.OutcomeJson, o.AnswerJson
            FROM Runs r LEFT JOIN Outcomes o ON o.RunKey = r.Key
            WHERE r.Id = @id ORDER BY o.Sequence
            """;
        return await query.ReadOfRunAsync(Sql, runId, static row => new OutcomeRow
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

    public async Task<IReadOnlyList<CallRecord>> ReadCallsAsync(string runId, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT c.Number, c.State, c.FromJournal, c.StartedAt, c.EndedAt, c.Hash, c.Ordinal, c.Label, c.Phase, c.OptionsJson, c.Prompt,
                COALESCE(c.OutcomeJson, o.OutcomeJson), CASE WHEN c.OutcomeJson IS NULL THEN o.AnswerJson END
            FROM Runs r
            LEFT JOIN Calls c ON c.RunKey = r.Key
            LEFT JOIN Outcomes o ON o.RunKey = c.RunKey AND o.Hash = c.Hash AND o.Ordinal = c.Ordinal AND o.Kind = 'Agent'
            WHERE r.Id = @id ORDER BY c.Number
            """;
        return await query.ReadOfRunAsync(Sql, runId, static row => new CallRow
        {
            Number = row.GetInt32(0),
            State = row.GetString(1),
            FromJournal = Flag(row, 2),
            StartedAt = Number(row, 3),
            EndedAt = Number(row, 4),
            Hash = row.GetString(5),
            Ordinal = row.GetInt32(6),
            Label = row.GetString(7),
            Phase = Text(row, 8),
            OptionsJson = row.GetString(9),
            Prompt = row.GetString(10),
            OutcomeJson = Text(row, 11),
            AnswerJson = Text(row, 12),
        }.ToRecord(), cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<RunEvent>> ReadEventsAsync(string runId, long after, int limit, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT e.Sequence, e.Time, e.Kind, e.PayloadJson
            FROM Runs r LEFT JOIN Events e ON e.RunKey = r.Key AND e.Sequence > @after
            WHERE r.Id = @id ORDER BY e.Sequence LIMIT @limit
            """;
        return limit <= 0 ? [] : await query.ReadOfRunAsync(
            Sql,
            runId,
            static row => new RunEvent(row.GetInt64(0), Records.Time(row.GetInt64(1)), row.GetString(2), StoredText.Decode(row.GetString(3))),
            cancellationToken,
            ("@after", after),
            ("@limit", limit)).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<QuestionRecord>> ReadQuestionsAsync(string runId, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT q.Number, q.Hash, q.Ordinal, q.AskedAt, q.Deadline, q.AnsweredAt, q.Text, q.SchemaJson, q.DefaultJson, q.AnswerJson
            FROM Runs r LEFT JOIN Questions q ON q.RunKey = r.Key
            WHERE r.Id = @id ORDER BY q.Number
            """;
        return await query.ReadOfRunAsync(Sql, runId, static row => new QuestionRecord
        {
            Number = row.GetInt32(0),
            Key = new ItemKey(ItemKind.Question, row.GetString(1), row.GetInt32(2)),
            AskedAt = Records.Time(row.GetInt64(3)),
            Deadline = Records.Time(Number(row, 4)),
            AnsweredAt = Records.Time(Number(row, 5)),
            Text = StoredText.Decode(row.GetString(6)),
            SchemaJson = StoredText.DecodeOrNull(Text(row, 7)),
            DefaultJson = StoredText.DecodeOrNull(Text(row, 8)),
            AnswerJson = StoredText.DecodeOrNull(Text(row, 9)),
        }, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyDictionary<string, string>> ReadSnapshotsAsync(string runId, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT s.Name, s.Text FROM Runs r LEFT JOIN Snapshots s ON s.RunKey = r.Key WHERE r.Id = @id";
        var snapshots = await query.ReadOfRunAsync(Sql, runId, static row => new SnapshotTaken(
            StoredText.Decode(row.GetString(0)), StoredText.Decode(row.GetString(1))), cancellationToken).ConfigureAwait(false);
        return snapshots.ToDictionary(snapshot => snapshot.Key, snapshot => snapshot.Text);
    }
}
