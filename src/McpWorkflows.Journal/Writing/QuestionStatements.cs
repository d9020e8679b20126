using McpWorkflows.Engine.Journal;
using static McpWorkflows.Journal.Texts.StoredText;

namespace McpWorkflows.Journal.Writing;

/// <summary>Writes questions and their answers.</summary>
internal sealed class QuestionStatements(WriteConnection connection) : IDisposable
{
    private readonly Statement put = connection.Prepare(11, """
        INSERT INTO Questions (RunKey, Number, Hash, Ordinal, Settled, AskedAt, Deadline, AnsweredAt, Text, SchemaJson, DefaultJson, AnswerJson)
        VALUES (@0, @1, @2, @3, 0, @4, @5, @6, @7, @8, @9, @10)
        ON CONFLICT (RunKey, Hash, Ordinal) DO UPDATE SET
            Number = excluded.Number, AskedAt = excluded.AskedAt, Deadline = excluded.Deadline, Text = excluded.Text,
            SchemaJson = excluded.SchemaJson, DefaultJson = excluded.DefaultJson,
            AnswerJson = CASE WHEN Questions.AnsweredAt IS NULL THEN excluded.AnswerJson ELSE Questions.AnswerJson END,
            AnsweredAt = COALESCE(Questions.AnsweredAt, excluded.AnsweredAt)
        """);

    private readonly Statement answer = connection.Prepare(4, """
        UPDATE Questions SET AnswerJson = @2, AnsweredAt = @3 WHERE RunKey = @0 AND Number = @1 AND AnsweredAt IS NULL
        """);

    private readonly Statement settle = connection.Prepare(5, """
        UPDATE Questions SET Settled = 1,
            AnswerJson = CASE WHEN AnsweredAt IS NULL THEN @3 ELSE AnswerJson END, AnsweredAt = COALESCE(AnsweredAt, @4)
        WHERE RunKey = @0 AND Hash = @1 AND Ordinal = @2
        """);

    private readonly Statement reopen = connection.Prepare(3, """
        UPDATE Questions SET Settled = 0, AnswerJson = NULL, AnsweredAt = NULL WHERE RunKey = @0 AND Hash = @1 AND Ordinal = @2
        """);

    public void Put(long run, QuestionRecord question) => put.Post(
        run,
        question.Number,
        question.Key.Hash,
        question.Key.Ordinal,
        question.AskedAt.UtcTicks,
        question.Deadline?.UtcTicks,
        question.AnsweredAt?.UtcTicks,
        Encode(question.Text),
        EncodeOrNull(question.SchemaJson),
        EncodeOrNull(question.DefaultJson),
        EncodeOrNull(question.AnswerJson));

    /// <summary>False when there is no such question, or an answer.</summary>
    public bool Answer(long run, int number, string? answerJson, long now) =>
        answer.Execute(run, number, EncodeOrNull(answerJson), now) > 0;

    public void Settle(long run, SettledItem item) =>
        settle.Post(run, item.Key.Hash, item.Key.Ordinal, EncodeOrNull(item.AnswerJson), item.Time.UtcTicks);

    public void Reopen(long run, ItemKey key) => reopen.Post(run, key.Hash, key.Ordinal);

    public void Dispose()
    {
        put.Dispose();
        answer.Dispose();
        settle.Dispose();
        reopen.Dispose();
    }
}
