using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Finds out when a run does nothing but wait for a person or a quota, says so, and sees to it that this costs nothing.
/// Used by the run's actor only.
/// </summary>
internal sealed class RunWaiting(
    RunLedger ledger, RunTimers timers, QuestionDesk questions, RunTally tally, RunReport report, WakeTimer wake, TimeProvider time, TimeSpan? unloadAfter)
{
    /// <summary>A script that sets timers shorter than this is at work.</summary>
    private static readonly TimeSpan LongTimer = TimeSpan.FromMinutes(1);

    private DateTimeOffset _since;
    private CommitBatch? _unseen;
    private volatile TaskCompletionSource _forPerson = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RunWait? _current;

    /// <summary>What the run waits for; null while it is at work.</summary>
    public RunWait? Current => _current;

    /// <summary>Completes when the run waits for a person; another task after it has gone on. Read from any thread.</summary>
    public Task ForPerson => _forPerson.Task;

    /// <summary>Called before the run waits for whatever comes next; true when it is to be unloaded instead.</summary>
    public bool Settle()
    {
        questions.Show();
        questions.TakeDue();
        Become(Find());
        Show();
        var now = time.GetUtcNow();
        var unloadAt = _current is null || timers.Next is not null ? (DateTimeOffset?)null : _since + unloadAfter;
        if (unloadAt <= now)
            return true;

        // A run that only waits on timers of its own takes nothing that would need a note.
        var noteAt = _current is null && ledger.IsBusy ? tally.NextNote : (DateTimeOffset?)null;
        if (noteAt <= now)
        {
            tally.Note(null);
            noteAt = tally.NextNote;
        }

        if (Earliest(Earliest(unloadAt, noteAt), questions.WakeAt) is { } due)
            wake.Arm(due);
        return false;
    }

    /// <summary>The script is told something: it waits no more, for the time being.</summary>
    public void Leave() => Become(null);

    private RunWait? Find()
    {
        if ((!questions.Any && ledger.Postponed.Count == 0) || ledger.IsBusy)
            return null;

        var timer = timers.Next;
        if (_current is null && timer - time.GetUtcNow() < LongTimer)
            return null;

        var quota = ledger.Postponed.Min(item => item.PostponedUntil);
        return new RunWait(questions.Any ? WaitingFor.Answer : WaitingFor.Quota, Earliest(Earliest(quota, questions.Deadline), timer));
    }

    private void Become(RunWait? wait)
    {
        if (wait == _current)
            return;

        if (_current is null)
            _since = time.GetUtcNow();
        _current = wait;
        tally.Waits(wait is not null);
        _unseen = null;
        if (wait is not null)
        {
            report.Waits(wait);
            _unseen = tally.Note(wait);
            return;
        }

        report.GoesOn();
        tally.Note(null);
        if (_forPerson.Task.IsCompleted)
            _forPerson = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Nobody is told that the run waits before it is on disk.</summary>
    private void Show()
    {
        if (_unseen is not { OnDisk: true })
            return;

        _unseen = null;
        report.Shows(_current!);
        if (_current!.For == WaitingFor.Answer)
            _forPerson.TrySetResult();
    }

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;
}
