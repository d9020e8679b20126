using System.Diagnostics.CodeAnalysis;

namespace McpWorkflows.Cluster.Workers;

/// <summary>
/// The calls of a worker that wait for their turn. One of them may have the worker reserved for itself: then what is at work ends
/// first, and nothing begins before or beside it. Used under the worker's lock.
/// </summary>
internal sealed class CallLine
{
    private readonly LinkedList<WorkerCall> _calls = new();
    private WorkerCall? _alone;

    public int Count => _calls.Count;

    public void Add(WorkerCall call) => _calls.AddLast(call);

    public bool TryTake(int atWork, [NotNullWhen(true)] out WorkerCall? call)
    {
        call = _alone ?? _calls.First?.Value;
        return call is not null && (_alone is null || atWork == 0) && _calls.Remove(call);
    }

    /// <summary>False when another call has the worker reserved.</summary>
    public bool Reserve(WorkerCall call) => (_alone ??= call) == call;

    /// <summary>The call does not need the worker for itself any more.</summary>
    public void Free(WorkerCall call)
    {
        if (_alone == call)
        {
            _alone = null;
        }
    }

    /// <summary>Takes all out.</summary>
    public WorkerCall[] Clear()
    {
        WorkerCall[] all = [.. _calls];
        _calls.Clear();
        return all;
    }
}
