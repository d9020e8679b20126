using System.Threading.Channels;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// A run's open questions. The journal holds the answers, whoever wrote them, and the end of a question's time is an
/// answer like any other: the first one wins. Used by the run's actor only.
/// </summary>
internal sealed class QuestionDesk(
    RunSession session, IJournal journal, RunLedger ledger, RunReport report, RunWriter writer, TimeProvider time, ChannelWriter<RunMessage> mailbox)
{
    /// <summary>The end of time, for all practical purposes.</summary>
    private const double LongestTimeout = 1e12;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ItemKey, QuestionRecord> _known = session.Questions.ToDictionary(question => question.Key);
    private readonly Dictionary<int, OpenQuestion> _open = [];
    private int _lastNumber = session.Questions.Count == 0 ? 0 : session.Questions.Max(question => question.Number);
    private readonly Queue<(QuestionRecord Record, CommitBatch Batch)> _unseen = new();
    private readonly List<TaskCompletionSource> _told = [];
    private DateTimeOffset? _retryAt;
    private bool _reading;
    private bool _readAgain;

    public bool Any => _open.Count > 0;

    /// <summary>The first deadline, or null.</summary>
    public DateTimeOffset? Deadline => _open.Values.Min(question => question.Record.Deadline);

    /// <summary>When <see cref="TakeDue"/> has something to do by itself.</summary>
    public DateTimeOffset? WakeAt => _reading || _open.Count == 0 ? null : _retryAt ?? Deadline;

    /// <summary>The script asks.</summary>
    public void Ask(PendingItem item, QuestionAsked request)
    {
        var record = Reopened(item.Key, request);
        if (record.AnsweredAt is not null)
        {
            Settle(item, record);
            return;
        }

        var isNew = record != _known.GetValueOrDefault(item.Key);
        if (isNew)
            writer.Add(new QuestionOpened(record));
        _open[record.Number] = new OpenQuestion(item, record, isNew ? writer.Current : null);
        report.Asked(record);
        if (isNew)
            _unseen.Enqueue((record, writer.Current));
        else
            report.Shows(record);
    }

    /// <summary>Shows what is asked once it is on disk.</summary>
    public void Show()
    {
        while (_unseen.TryPeek(out var question) && question.Batch.OnDisk)
        {
            if (_open.ContainsKey(question.Record.Number))
                report.Shows(question.Record);
            _unseen.Dequeue();
        }
    }

    /// <summary>Answers questions whose time is up with their default.</summary>
    public void TakeDue()
    {
        var now = time.GetUtcNow();
        if (_open.Count == 0 || _reading || _retryAt > now)
            return;

        var due = _open.Values.Where(question => question.Record.Deadline <= now && question.Batch is not { OnDisk: false })
            .Select(question => question.Record).ToList();
        if (due.Count > 0 || _retryAt is not null)
            Read(due);
    }

    /// <summary>Somebody may have answered.</summary>
    /// <param name="taken">Completed when the journal has been looked at.</param>
    public void Refresh(TaskCompletionSource taken)
    {
        if (_open.Count == 0)
        {
            taken.TrySetResult();
            return;
        }

        _told.Add(taken);
        if (_reading)
            _readAgain = true;
        else
            Read([]);
    }

    /// <summary>Settles what the journal has answers to; true when that was something.</summary>
    public bool TakeAnswers(IReadOnlyList<QuestionRecord>? questions)
    {
        var any = false;
        _reading = false;
        _retryAt = questions is null ? time.GetUtcNow() + RetryDelay : null;
        foreach (var record in questions ?? [])
        {
            if (record.AnsweredAt is null || !_open.Remove(record.Number, out var question))
                continue;

            report.Answered(record);
            Settle(question.Item, record);
            any = true;
        }

        return any;
    }

    /// <summary>Tells those who brought answers, or looks once more for those who came meanwhile.</summary>
    public void TellTaken()
    {
        if (_readAgain)
        {
            Read([]);
            return;
        }

        _told.ForEach(static taken => taken.TrySetResult());
        _told.Clear();
    }

    private QuestionRecord Reopened(ItemKey key, QuestionAsked request)
    {
        var now = time.GetUtcNow();
        var known = _known.GetValueOrDefault(key);
        if (known is { AnsweredAt: not null })
            return known;

        // An edit may have changed the patience; what is left of it counts from when the person was first asked.
        var askedAt = known?.AskedAt ?? now;
        return new QuestionRecord
        {
            Number = known?.Number ?? ++_lastNumber,
            Key = key,
            Text = request.Text,
            SchemaJson = request.SchemaJson,
            DefaultJson = request.DefaultJson,
            Deadline = request.TimeoutMilliseconds is { } timeout ? askedAt.AddMilliseconds(Math.Min(timeout, LongestTimeout)) : null,
            AskedAt = askedAt,
        };
    }

    private void Settle(PendingItem item, QuestionRecord record)
    {
        if (record.AnswerJson is { } answer)
        {
            ledger.Settle(item, answer: answer);
            return;
        }

        var waited = (record.Deadline ?? record.AskedAt) - record.AskedAt;
        ledger.Settle(item, error: $"checkpoint('{CutText.At(record.Text, 80)}') got no answer within {waited.TotalMilliseconds:0} ms (timeoutMs). "
            + "Give it a default, catch the error, or resume the run to ask again.");
    }

    private void Read(List<QuestionRecord> due)
    {
        _reading = true;
        _readAgain = false;
        _ = ReadAsync(due);
    }

    private async Task ReadAsync(List<QuestionRecord> due)
    {
        try
        {
            foreach (var question in due)
                await journal.AnswerQuestionAsync(session.Run.Id, question.Number, question.DefaultJson, CancellationToken.None).ConfigureAwait(false);
            mailbox.TryWrite(new QuestionsRead(await journal.ReadQuestionsAsync(session.Run.Id, CancellationToken.None).ConfigureAwait(false)));
        }
        catch (Exception) // Whatever the journal throws: a question can wait, and appends report what matters.
        {
            mailbox.TryWrite(new QuestionsRead(null));
        }
    }

    /// <param name="Batch">With which the journal gets to know it; null when it did before.</param>
    private sealed record OpenQuestion(PendingItem Item, QuestionRecord Record, CommitBatch? Batch);
}
