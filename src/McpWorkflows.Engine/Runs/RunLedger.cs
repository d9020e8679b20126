using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Everything the script waits for, and the one order in which it is told: what the journal holds by place, then live
/// settlements by place, each only when it is on disk. Used by the run's actor only.
/// </summary>
internal sealed class RunLedger(RunSession session, ReplayPlan plan, RunWriter writer, RunReport report, TimeProvider time)
{
    private readonly Dictionary<int, PendingItem> _pending = [];
    private readonly Queue<(PendingItem Item, SettledItem Settled, CommitBatch Batch)> _live = new();
    private long _sequence = plan.LastSequence;
    private long _spentTokens;
    private decimal _spentDollars;
    private DateTimeOffset _clock = session.ScriptStart;

    public ItemIdentity Identity { get; } = new();

    public ExtensionSnapshots Extensions { get; } = new(session.Snapshots);

    public WorkflowSnapshots Workflows { get; } = new(session.Snapshots);

    /// <summary>What the whole run would take, by what was delivered so far; null unless only a slice is run.</summary>
    public WholeEstimate? Whole { get; private set; } = session.Run.Settings.Slice is null ? null : WholeEstimate.None;

    /// <summary>The script waits for nothing that could still come.</summary>
    public bool IsIdle => _pending.Count == 0;

    /// <summary>Live calls without an outcome.</summary>
    public IEnumerable<PendingItem> CallsInFlight =>
        _pending.Values.Where(item => item is { Call.FromJournal: false, Settled: false });

    /// <summary>Calls that wait for a spent quota.</summary>
    public HashSet<PendingItem> Postponed { get; } = [];

    /// <summary>The highest place given so far.</summary>
    public long LastSequence => _sequence;

    /// <summary>Something is at work or on its way to the script; timers, questions and spent quotas are only waited for.</summary>
    public bool IsBusy => _live.Count > 0 || _pending.Values.Any(item => item.Request switch
    {
        TimerRequested or QuestionAsked => false,
        _ => !Postponed.Contains(item),
    });

    public void Open(PendingItem item) => _pending.Add(item.RequestId, item);

    /// <summary>The script cleared a timer.</summary>
    public void Forget(int requestId)
    {
        if (_pending.Remove(requestId, out var item))
            item.Over = true;
    }

    /// <summary>A journaled firing counts no more.</summary>
    public void Drop(PendingItem timer)
    {
        timer.Journaled = null;
        writer.Add(new ItemDropped(timer.Key));
    }

    /// <summary>The journal will answer a call; the run may not have seen it yet, when its parent did.</summary>
    public void Recall(PendingItem item, bool isKnown)
    {
        var outcome = item.Journaled!.Outcome!;
        if (!isKnown)
            writer.Add(new CallOpened(item.Call! with { State = outcome.ToCallState(), EndedAt = item.Journaled.Time }));
    }

    /// <summary>Snapshots a text as the run first used it.</summary>
    public void Keep(string key, string text) => writer.Add(Workflows.KeepText(key, text));

    /// <summary>The call's quota is spent; it is asked again at that time.</summary>
    public void Postpone(PendingItem item, DateTimeOffset until, AgentOutcome? spent)
    {
        item.PostponedUntil = until;
        Postponed.Add(item);
        var wasAtWork = item.Call!.State == CallState.Running;
        item.Call = item.Call with { State = CallState.Queued, StartedAt = null };
        if (wasAtWork)
            report.Postponed(item.Call, spent ?? new AgentOutcome { Kind = AgentOutcomeKind.QuotaExhausted });
    }

    /// <summary>A person ended the call's attempt; what that took is not known.</summary>
    public void Restart(PendingItem item)
    {
        item.Call = item.Call! with { State = CallState.Queued, StartedAt = null };
        report.Restarted(item.Call);
    }

    /// <summary>The call queues at the gate again.</summary>
    public void Requeue(PendingItem item)
    {
        item.PostponedUntil = null;
        Postponed.Remove(item);
    }

    public void Admitted(PendingItem item)
    {
        item.Call = item.Call! with { State = CallState.Running, StartedAt = time.GetUtcNow() };
        report.Admitted(item.Call);
    }

    /// <summary>Gives a live item its place and sends it to the journal.</summary>
    public void Settle(PendingItem item, AgentOutcome? outcome = null, string? error = null, string? answer = null)
    {
        var settled = new SettledItem
        {
            Key = item.Key,
            Sequence = ++_sequence,
            Time = time.GetUtcNow(),
            Outcome = outcome,
            Error = error,
            AnswerJson = answer,
            CallNumber = item.Call?.Number ?? 0,
        };
        item.Settled = true;
        Postponed.Remove(item);
        if (item.Call is { } call)
        {
            report.Ended(call, outcome!);
            writer.Add(new CallOpened(call with { State = outcome!.ToCallState(), EndedAt = settled.Time }));
        }

        writer.Add(new ItemSettled(settled));
        _live.Enqueue((item, settled, writer.Current));
    }

    /// <summary>
    /// What the script is told next, or null while there is nothing. <paramref name="runAgain"/> gets timers that the
    /// journal must not answer any more.
    /// </summary>
    public Deliver? Next(Action<PendingItem> runAgain)
    {
        while (plan.Next(out var outdated) is { } item)
        {
            if (!outdated)
                return Deliver(item, item.Journaled!);
            runAgain(item);
        }

        while (_live.TryPeek(out var head) && (head.Item.Over || head.Batch.OnDisk))
        {
            _live.Dequeue();
            if (!head.Item.Over)
                return Deliver(head.Item, head.Settled);
        }

        return null;
    }

    /// <summary>Labels of journaled calls that nobody asked for.</summary>
    public IReadOnlyList<string> UnusedLabels() =>
        [.. plan.Unused.Where(item => item.Key.Kind == ItemKind.Agent).OrderBy(item => item.Sequence)
            .Select(item => session.Labels.GetValueOrDefault(item.Key, $"call {item.CallNumber}"))];

    private Deliver Deliver(PendingItem item, SettledItem settled)
    {
        item.Over = true;
        _pending.Remove(item.RequestId);
        plan.Delivered(item.Key, settled.Sequence);
        if (item.Call is { FromJournal: true } call)
            report.Ended(call, settled.Outcome!);

        if (settled.Outcome is { } outcome && item.Request is AgentRequested asked && Whole is { } whole)
            Whole = whole.Plus(outcome, asked.Weight);
        _spentTokens += settled.Outcome?.Usage.OutputTokens ?? 0;
        _spentDollars += settled.Outcome?.Cost ?? 0;
        _clock = settled.Time > _clock ? settled.Time : _clock;
        return new Deliver
        {
            RequestId = item.RequestId,
            Settlement = ItemSettlement.Of(settled, Workflows, item.Request),
            Time = _clock,
            SpentTokens = _spentTokens,
            SpentMicroDollars = RunCost.MicroDollars(_spentDollars),
            Identity = Identity.OfOccurrence(item.Key),
            Failure = ItemSettlement.FailureOf(item.Call, settled.Outcome),
        };
    }
}
