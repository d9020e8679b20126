using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// The live picture of a run. The actor writes, anybody reads; a reading costs no more than what it shows.
/// </summary>
internal sealed class RunBoard(RunSession session)
{
    /// <value>1,000</value>
    public const int KeptLogLines = 1_000;

    /// <value>1,000</value>
    public const int KeptBranches = 1_000;

    private readonly Lock _lock = new();
    private readonly PhaseBoard _phases = new();
    private readonly SortedDictionary<int, string> _active = [];
    private readonly SortedDictionary<int, FailureStatus> _failures = [];
    private readonly List<FailureStatus> _branches = [];
    private readonly SortedDictionary<int, QuestionRecord> _questions = [];
    private readonly Queue<string> _log = new();
    private RunRecord _run = session.Run;
    private RunTotals _totals = RunCost.PaidOf(session.Run.Totals);

    private int _queued;
    private int _ran;
    private bool _closed;
    private IReadOnlyList<string> _unused = [];

    public RunTotals Totals
    {
        get
        {
            lock (_lock)
                return _totals;
        }
    }

    public RunStatus Read(long sessionMs)
    {
        lock (_lock)
        {
            var totals = _closed ? _totals : _totals with { DurationMs = _totals.DurationMs + sessionMs };
            return new RunStatus
            {
                Run = _run with { Totals = totals },
                Phases = _phases.Read(),
                Active = [.. _active.Values],
                Queued = _queued,
                Failures = [.. _failures.Values, .. _branches],
                Questions = [.. _questions.Values],
                Log = [.. _log],
                Resume = session.IsResumed ? new ResumeReport(_totals.FromJournal, _ran, _unused) : null,
            };
        }
    }

    public void Phase(string title)
    {
        lock (_lock)
            _phases.Enter(title);
    }

    public void Log(string line)
    {
        lock (_lock)
        {
            _log.Enqueue(line);
            if (_log.Count > KeptLogLines)
                _log.Dequeue();
        }
    }

    /// <summary>False when the list is full, or an agent is listed for it already and <paramref name="failure"/> null.</summary>
    public bool BranchFailed(FailureStatus? failure)
    {
        lock (_lock)
        {
            _totals = _totals with { BranchesFailed = _totals.BranchesFailed + 1 };
            if (failure is null || _branches.Count >= KeptBranches)
                return false;
            _branches.Add(failure);
            return true;
        }
    }

    public void Asked(QuestionRecord question)
    {
        lock (_lock)
            _questions[question.Number] = question;
    }

    public void Answered(QuestionRecord question)
    {
        lock (_lock)
            _questions.Remove(question.Number);
    }

    public void Waits(RunWait? wait)
    {
        lock (_lock)
        {
            _run = _run with
            {
                State = wait is null ? RunState.Running : RunState.Waiting,
                WaitingFor = wait?.For,
                WaitingUntil = wait?.Until,
            };
        }
    }

    public void Paused()
    {
        lock (_lock)
            _run = _run with { State = RunState.Paused, WaitingFor = null, WaitingUntil = null };
    }

    public void Asked(CallRecord call)
    {
        lock (_lock)
        {
            _totals = _totals with { Agents = _totals.Agents + 1, FromJournal = _totals.FromJournal + (call.FromJournal ? 1 : 0) };
            _phases.Count(call.Phase, agents: 1);
            if (call.FromJournal)
                return;
            _queued++;
            _ran++;
        }
    }

    public void Admitted(CallRecord call)
    {
        lock (_lock)
        {
            _queued--;
            _active[call.Number] = call.Label;
            _phases.Count(call.Phase, running: 1);
        }
    }

    /// <summary>A call at work goes back to the queue; what it took was paid.</summary>
    public void Postponed(CallRecord call, AgentOutcome spent)
    {
        lock (_lock)
        {
            _active.Remove(call.Number);
            _queued++;
            _phases.Count(call.Phase, running: -1);
            _totals = _totals.Plus(spent);
        }
    }

    /// <summary>A call has its outcome: a live one when it ends, a journaled one when it is delivered.</summary>
    public void Ended(CallRecord call, AgentOutcome outcome)
    {
        lock (_lock)
        {
            var failed = outcome.HasFailed();
            var paid = call.FromJournal ? _totals : _totals.Plus(outcome);
            _totals = paid with
            {
                Failed = _totals.Failed + (failed ? 1 : 0),
                Skipped = _totals.Skipped + (outcome.Kind == AgentOutcomeKind.Skipped ? 1 : 0),
                Rehearsed = _totals.Rehearsed || outcome.Rehearsed,
            };
            Leave(call, done: 1, failed: failed ? 1 : 0);
            if (failed)
                _failures[call.Number] = FailureOf(call, outcome);
        }
    }

    public void Cancelled(CallRecord call)
    {
        lock (_lock)
        {
            _totals = _totals with { Cancelled = _totals.Cancelled + 1 };
            Leave(call, done: 0, failed: 0);
        }
    }

    public void Close(RunChanged change, IReadOnlyList<string> unused)
    {
        lock (_lock)
        {
            _unused = unused;
            _closed = true;
            _totals = change.Totals;
            if (change.State.HasEnded())
                _questions.Clear();
            _run = _run with
            {
                State = change.State,
                ResultJson = change.ResultJson,
                Error = change.Error,
                EndedAt = change.EndedAt,
                WaitingFor = change.WaitingFor,
                WaitingUntil = change.WaitingUntil,
            };
        }
    }

    internal static FailureStatus FailureOf(CallRecord call, AgentOutcome outcome) => new(
        call.Number,
        call.Label,
        call.Phase,
        outcome.Failure?.Cause ?? ItemSettlement.UnknownCause,
        outcome.Attempts,
        outcome.Failure?.LastText,
        outcome.Kind.ToFailureKind());

    private void Leave(CallRecord call, int done, int failed)
    {
        if (call.FromJournal)
        {
            _phases.Count(call.Phase, done: done, failed: failed);
            return;
        }

        var wasActive = _active.Remove(call.Number);
        if (!wasActive)
            _queued--;
        _phases.Count(call.Phase, done: done, failed: failed, running: wasActive ? -1 : 0);
    }
}
