using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// What a run took so far, and its notes of that in the journal: what a killed process had not noted is lost. The time
/// that a run waits for a person or a quota is not its own. Written by the run's actor, read by anybody.
/// </summary>
internal sealed class RunTally(RunSession session, RunBoard board, RunLedger ledger, RunWriter writer, TimeProvider time)
{
    /// <value>10 s</value>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private TimeSpan _own;
    private long _since = time.GetTimestamp();
    private bool _waits;

    /// <summary>The session's own time.</summary>
    public long SessionMs
    {
        get
        {
            lock (_lock)
                return (long)Own.TotalMilliseconds;
        }
    }

    public RunTotals Totals => board.Totals with
    {
        DurationMs = session.Run.Totals.DurationMs + SessionMs,
        CountedTo = ledger.LastSequence,
        Whole = ledger.Whole,
    };

    /// <summary>When the next note is due.</summary>
    public DateTimeOffset NextNote { get; private set; } = time.GetUtcNow() + Interval;

    private TimeSpan Own => _waits ? _own : _own + time.GetElapsedTime(_since);

    /// <summary>Stops the run's own time, or lets it go on.</summary>
    public void Waits(bool waits)
    {
        lock (_lock)
        {
            _own = Own;
            _since = time.GetTimestamp();
            _waits = waits;
        }
    }

    /// <summary>
    /// Writes what the run took with its state, in the batch that is returned; the census of a run at work is to be counted
    /// from its calls.
    /// </summary>
    public CommitBatch Note(RunWait? wait) => wait is null
        ? Write(new RunChanged { State = RunState.Running, Totals = Uncounted })
        : Write(new RunChanged { State = RunState.Waiting, Totals = Totals, WaitingFor = wait.For, WaitingUntil = wait.Until });

    /// <summary>The same when a pause begins, while calls still finish.</summary>
    public void NotePaused() => Write(new RunChanged { State = RunState.Paused, Totals = Uncounted });

    private RunTotals Uncounted => Totals with { Agents = 0, FromJournal = 0, Failed = 0, Skipped = 0, Cancelled = 0, BranchesFailed = 0 };

    private CommitBatch Write(RunChanged change)
    {
        NextNote = time.GetUtcNow() + Interval;
        writer.Add(change);
        return writer.Current;
    }
}
