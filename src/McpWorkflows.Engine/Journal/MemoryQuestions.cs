namespace McpWorkflows.Engine.Journal;

/// <summary>The questions of one run in a memory journal.</summary>
internal sealed class MemoryQuestions
{
    private readonly Dictionary<ItemKey, (QuestionRecord Record, bool Settled)> _questions = [];

    public bool HasUnsettledAnswer => _questions.Values.Any(question => question is { Record.AnsweredAt: not null, Settled: false });

    public IReadOnlyList<QuestionRecord> Read() =>
        [.. _questions.Values.Select(question => question.Record).OrderBy(question => question.Number)];

    public void Open(QuestionRecord question)
    {
        if (_questions.Values.Any(other => other.Record.Number == question.Number && other.Record.Key != question.Key))
            throw new JournalException($"There is another question {question.Number} in this run. Number each by itself.");

        var (old, settled) = _questions.GetValueOrDefault(question.Key);
        _questions[question.Key] = old?.AnsweredAt is null
            ? (question, false)
            : (question with { AnswerJson = old.AnswerJson, AnsweredAt = old.AnsweredAt }, settled);
    }

    public bool Answer(int number, string? answerJson, DateTimeOffset now)
    {
        var (open, _) = _questions.Values.FirstOrDefault(question => question.Record.Number == number && question.Record.AnsweredAt is null);
        if (open is null)
            return false;

        _questions[open.Key] = (open with { AnswerJson = answerJson, AnsweredAt = now }, false);
        return true;
    }

    public void Settle(SettledItem item)
    {
        if (!_questions.TryGetValue(item.Key, out var question))
            return;

        var record = question.Record.AnsweredAt is null
            ? question.Record with { AnswerJson = item.AnswerJson, AnsweredAt = item.Time }
            : question.Record;
        _questions[item.Key] = (record, true);
    }

    public void Reopen(ItemKey key)
    {
        if (_questions.TryGetValue(key, out var question))
            _questions[key] = (question.Record with { AnswerJson = null, AnsweredAt = null }, false);
    }
}
