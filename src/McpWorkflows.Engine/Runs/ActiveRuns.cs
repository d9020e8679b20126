using System.Collections.Concurrent;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>A run that this process leases, but has unloaded from memory.</summary>
/// <param name="Until">When it goes on by itself.</param>
/// <param name="NotBefore">When it may be tried again.</param>
internal sealed record ParkedRun(string Id, DateTimeOffset? Until, DateTimeOffset NotBefore);

/// <summary>The runs of this process: those at work, and the last pictures of those that have ended.</summary>
internal sealed class ActiveRuns
{
    /// <summary>A resume's report and the log are in no other place once a run has ended.</summary>
    private const int KeptEnds = 32;

    private readonly ConcurrentDictionary<string, RunActor> _actors = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RunStatus> _ended = [];
    private readonly Queue<string> _endedOrder = new();
    private readonly Dictionary<string, RunRecord> _unwritten = [];

    /// <summary>Runs that wait here without a session.</summary>
    private readonly ConcurrentDictionary<string, ParkedRun> _parked = new();

    public bool Any => !_actors.IsEmpty || !_parked.IsEmpty;

    public IReadOnlyCollection<ParkedRun> Parked => [.. _parked.Values];

    public ParkedRun? FindParked(string runId) => _parked.GetValueOrDefault(runId);

    /// <summary>Tries no more to take that run up before then.</summary>
    public void Park(ParkedRun run) => _parked[run.Id] = run;

    public void Unpark(string runId) => _parked.TryRemove(runId, out _);

    public RunActor? Find(string runId) => _actors.GetValueOrDefault(runId);

    public IReadOnlyList<RunActor> All() => [.. _actors.Values];

    public void Add(RunActor actor)
    {
        _actors[actor.RunId] = actor;
        Unpark(actor.RunId);
        lock (_lock)
        {
            _ended.Remove(actor.RunId);
            _unwritten.Remove(actor.RunId);
        }
    }

    public void Remove(RunActor actor)
    {
        lock (_lock)
        {
            _ended[actor.RunId] = actor.Status;
            if (actor.EndIsUnwritten)
                _unwritten[actor.RunId] = actor.Status.Run;
            _endedOrder.Enqueue(actor.RunId);
            while (_endedOrder.Count > KeptEnds)
                _ended.Remove(_endedOrder.Dequeue());
        }

        if (actor.Status.Run is { State: RunState.Waiting } waiting)
            Park(new ParkedRun(actor.RunId, waiting.WaitingUntil, DateTimeOffset.MinValue));
        _actors.TryRemove(new KeyValuePair<string, RunActor>(actor.RunId, actor));
    }

    /// <summary>
    /// Notes a run that this process leases and nobody works on, because the journal took no more writes: it cannot
    /// say so itself, and calls the run running.
    /// </summary>
    public void KeepUnwritten(RunRecord run)
    {
        lock (_lock)
            _unwritten[run.Id] = run;
    }

    public RunRecord? FindUnwritten(string runId)
    {
        lock (_lock)
            return _unwritten.GetValueOrDefault(runId);
    }

    public void ForgetUnwritten(string runId)
    {
        lock (_lock)
            _unwritten.Remove(runId);
    }

    /// <summary>What the journal says of a run, corrected by what it could not be told.</summary>
    public RunRecord Correct(RunRecord run) =>
        run.State == RunState.Running && FindUnwritten(run.Id) is { } unwritten ? unwritten : run;

    /// <summary>The last picture of a run that ended here.</summary>
    public RunStatus? FindEnded(string runId)
    {
        lock (_lock)
            return _ended.GetValueOrDefault(runId);
    }
}
