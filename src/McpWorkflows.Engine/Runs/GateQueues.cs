namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Who waits at the gate, and who is next: calls that come back from standing aside first, then one call of each run in
/// turn, of those whose lane of the host still takes any. Guarded by the gate's lock.
/// </summary>
internal sealed class GateQueues
{
    private readonly LinkedList<GateLane> _lanes = new();
    private readonly LinkedList<GateWaiter> _returning = new();
    private readonly Dictionary<string, HostLane> _hostLanes = new(StringComparer.Ordinal);
    private long _lastNumber;

    /// <summary>Calls that stood aside and wait to go on.</summary>
    public int Returning => _returning.Count;

    /// <param name="lane">The run's.</param>
    /// <param name="hostLane">What the host names it; empty for none in particular.</param>
    public GateQueue QueueOf(GateLane lane, string hostLane)
    {
        if (!_hostLanes.TryGetValue(hostLane, out var wanted))
            _hostLanes.Add(hostLane, wanted = new HostLane());
        return lane.Queues.Find(known => known.Lane == wanted) ?? new GateQueue(wanted);
    }

    /// <summary>How many could go if there were slots for them.</summary>
    /// <param name="width">The most of any lane of the host.</param>
    public int CountReady(int width)
    {
        var ready = _returning.Count;
        foreach (var lane in _lanes)
        {
            var ofLane = 0;
            foreach (var queue in lane.Queues)
                ofLane += Math.Min(queue.Waiters.Count, Math.Max(0, width - queue.Lane.Admitted));
            ready += Math.Min(ofLane, Math.Max(0, lane.Width - lane.Admitted));
        }

        return ready;
    }

    public bool IsAnyReady(int width) => _returning.Count > 0 || FindReady(width) is not null;

    public GateWaiter Add(GateLane lane, GateQueue queue)
    {
        var waiter = new GateWaiter { Number = ++_lastNumber };
        waiter.Place = queue.Waiters.AddLast(waiter);
        if (queue.Waiters.Count == 1)
            lane.Queues.Add(queue);
        lane.Place ??= _lanes.AddLast(lane);
        return waiter;
    }

    public GateWaiter AddReturning()
    {
        var waiter = new GateWaiter();
        waiter.Place = _returning.AddLast(waiter);
        return waiter;
    }

    /// <summary>Takes the next one out; null where nobody is ready. One who had to queue in a lane counts as admitted there.</summary>
    public GateWaiter? Take(int width)
    {
        if (_returning.First is { Value: var back })
        {
            RemoveReturning(back);
            return back;
        }

        if (FindReady(width) is not (var lane, var queue))
            return null;

        queue.Lane.Admitted++;
        lane.Admitted++;
        var waiter = queue.Waiters.First!.Value;
        Remove(lane, queue, waiter);
        if (lane.Place is { } place)
        {
            _lanes.Remove(place);
            _lanes.AddLast(place);
        }

        return waiter;
    }

    public void RemoveReturning(GateWaiter waiter)
    {
        _returning.Remove(waiter.Place!);
        waiter.Place = null;
    }

    public void Remove(GateLane lane, GateQueue queue, GateWaiter waiter)
    {
        queue.Waiters.Remove(waiter.Place!);
        waiter.Place = null;
        if (queue.Waiters.Count > 0)
            return;

        lane.Queues.Remove(queue);
        if (lane.Queues.Count > 0)
            return;

        _lanes.Remove(lane.Place!);
        lane.Place = null;
    }

    private (GateLane Lane, GateQueue Queue)? FindReady(int width)
    {
        foreach (var lane in _lanes)
        {
            if (OldestReady(lane, width) is { } queue)
                return (lane, queue);
        }

        return null;
    }

    /// <summary>The lane's queue whose first call has waited longest among those that may pass.</summary>
    private static GateQueue? OldestReady(GateLane lane, int width)
    {
        GateQueue? oldest = null;
        if (lane.Admitted >= lane.Width)
            return null;
        foreach (var queue in lane.Queues)
        {
            if (queue.Lane.Admitted < width && (oldest is null || queue.Waiters.First!.Value.Number < oldest.Waiters.First!.Value.Number))
                oldest = queue;
        }

        return oldest;
    }
}
