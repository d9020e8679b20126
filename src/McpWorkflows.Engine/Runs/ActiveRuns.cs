using System.Collections.Concurrent;

namespace McpWorkflows.Engine.Runs;

/// <summary>The runs of this process: those at work, and the last pictures of those that have ended.</summary>
internal sealed class ActiveRuns
{
    /// <summary>A resume's report and the log are in no other place once a run has ended.</summary>
    private const int KeptEnds = 32;

    private readonly ConcurrentDictionary<string, RunActor> _actors = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RunStatus> _ended = [];
    private readonly Queue<string> _endedOrder = new();

    public bool Any => !_actors.IsEmpty;

    public RunActor? Find(string runId) => _actors.GetValueOrDefault(runId);

    public IReadOnlyList<RunActor> All() => [.. _actors.Values];

    public void Add(RunActor actor)
    {
        _actors[actor.RunId] = actor;
        lock (_lock)
            _ended.Remove(actor.RunId);
    }

    public void Remove(RunActor actor)
    {
        lock (_lock)
        {
            _ended[actor.RunId] = actor.Status;
            _endedOrder.Enqueue(actor.RunId);
            while (_endedOrder.Count > KeptEnds)
                _ended.Remove(_endedOrder.Dequeue());
        }

        _actors.TryRemove(new KeyValuePair<string, RunActor>(actor.RunId, actor));
    }

    /// <summary>The last picture of a run that ended here.</summary>
    public RunStatus? FindEnded(string runId)
    {
        lock (_lock)
            return _ended.GetValueOrDefault(runId);
    }
}
