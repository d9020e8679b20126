using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Admits agents over all runs of the engine: so many at a time, round-robin over the runs' lanes, first come first
/// served within a lane. Calls that stand aside (for a provider's limit) free their slots, but no more than the width
/// are admitted to any lane of the host, so that they do not pile up. Every operation is O(1) in the number of calls.
/// </summary>
internal sealed class AgentGate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<GateLane> _waitingLanes = new();
    private readonly LinkedList<GateWaiter> _returning = new();
    private readonly Dictionary<string, HostLane> _hostLanes = new(StringComparer.Ordinal);
    private readonly IAgentSlots _slots;
    private int _width;
    private int _inUse;
    private long _lastNumber;

    /// <param name="slots">What other processes share of the width; null for nothing.</param>
    public AgentGate(int width, IAgentSlots? slots = null)
    {
        _width = width;
        _slots = slots ?? UnsharedSlots.Instance;
        _slots.OnFree(Retry);
    }

    /// <summary>How many more could be in flight if there were slots.</summary>
    private int Wanted
    {
        get
        {
            var wanted = _returning.Count;
            foreach (var lane in _waitingLanes)
            {
                var ofLane = 0;
                foreach (var queue in lane.Queues)
                    ofLane += Math.Min(queue.Waiters.Count, Math.Max(0, _width - queue.Lane.Admitted));
                wanted += Math.Min(ofLane, Math.Max(0, lane.Width - lane.Admitted));
            }

            return Math.Min(wanted, _width - _inUse);
        }
    }

    /// <summary>How many may be in flight, and how many are.</summary>
    public (int Width, int InUse) Read()
    {
        lock (_lock)
            return (_width, _inUse);
    }

    /// <param name="cap">Calls that the run may have in flight; null for as many as the gate admits.</param>
    public GateLane OpenLane(RunCap? cap = null) => new(this, cap is null ? int.MaxValue : (int)cap.Most);

    /// <summary>Takes effect at once for those who wait; those admitted stay.</summary>
    public void SetWidth(int newWidth)
    {
        lock (_lock)
            _width = newWidth;
        AdmitWaiting();
    }

    /// <summary>Takes a place in the lane before it returns; completes when a slot is free for it.</summary>
    internal Task<GateSlot> EnterAsync(GateLane lane, string? hostLane, CancellationToken cancellationToken)
    {
        GateWaiter waiter;
        GateQueue queue;
        lock (_lock)
        {
            var wanted = HostLaneOf(hostLane ?? "");
            queue = lane.Queues.Find(known => known.Lane == wanted) ?? new GateQueue(wanted);
            if (_inUse < _width && _returning.Count == 0 && wanted.Admitted < _width && lane.Admitted < lane.Width
                && queue.Waiters.Count == 0 && !AnyAdmissible() && _slots.TryTake())
            {
                _inUse++;
                wanted.Admitted++;
                lane.Admitted++;
                return Task.FromResult(new GateSlot(this, lane, wanted));
            }

            waiter = new GateWaiter { Number = ++_lastNumber };
            waiter.Place = queue.Waiters.AddLast(waiter);
            if (queue.Waiters.Count == 1)
                lane.Queues.Add(queue);
            lane.Place ??= _waitingLanes.AddLast(lane);
        }

        return WaitAsync(lane, queue, waiter, cancellationToken);
    }

    /// <summary>Calls that stood aside and wait to go on.</summary>
    internal int Returning
    {
        get
        {
            lock (_lock)
                return _returning.Count;
        }
    }

    /// <summary>A call stands aside.</summary>
    internal void Leave() => GiveBack(null, null);

    /// <summary>A call that stood aside wants to go on; it goes before newcomers.</summary>
    internal async Task ReturnAsync(CancellationToken cancellationToken)
    {
        GateWaiter waiter;
        lock (_lock)
        {
            if (_inUse < _width && _returning.Count == 0 && _slots.TryTake())
            {
                _inUse++;
                return;
            }

            waiter = new GateWaiter();
            waiter.Place = _returning.AddLast(waiter);
        }

        using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(waiter, () => _returning.Remove(waiter.Place!), cancellationToken), null);
        await waiter.Admitted.Task.ConfigureAwait(false);
    }

    internal void Release(GateLane run, HostLane lane, bool aside)
    {
        if (!aside)
        {
            GiveBack(run, lane);
            return;
        }

        lock (_lock)
        {
            run.Admitted--;
            lane.Admitted--;
        }

        AdmitWaiting();
    }

    private void GiveBack(GateLane? run, HostLane? ended)
    {
        GateWaiter? next;
        lock (_lock)
        {
            // In one go: a slot that is kept for those who wait must not lie idle when the last of them gives up.
            _inUse--;
            if (run is not null)
                run.Admitted--;
            if (ended is not null)
                ended.Admitted--;
            _slots.Release(Wanted);
            next = TakeNext();
        }

        next?.Admitted.SetResult();
        AdmitWaiting();
    }

    private int Retry()
    {
        AdmitWaiting();
        lock (_lock)
            return Wanted;
    }

    private HostLane HostLaneOf(string name)
    {
        if (!_hostLanes.TryGetValue(name, out var lane))
            _hostLanes.Add(name, lane = new HostLane());
        return lane;
    }

    private async Task<GateSlot> WaitAsync(GateLane lane, GateQueue queue, GateWaiter waiter, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(waiter, () => Remove(lane, queue, waiter), cancellationToken), null);
        await waiter.Admitted.Task.ConfigureAwait(false);
        return new GateSlot(this, lane, queue.Lane);
    }

    private void AdmitWaiting()
    {
        while (TakeNext() is { } waiter)
            waiter.Admitted.SetResult();
    }

    private GateWaiter? TakeNext()
    {
        lock (_lock)
        {
            if (_inUse >= _width)
                return null;

            if (_returning.First is { Value: var back })
            {
                if (!_slots.TryTake())
                    return null;
                _returning.RemoveFirst();
                back.Place = null;
                _inUse++;
                return back;
            }

            for (var place = _waitingLanes.First; place is not null; place = place.Next)
            {
                var lane = place.Value;
                if (Admissible(lane) is not { } queue)
                    continue;
                if (!_slots.TryTake())
                    return null;

                _inUse++;
                queue.Lane.Admitted++;
                lane.Admitted++;
                var waiter = queue.Waiters.First!.Value;
                Remove(lane, queue, waiter);
                waiter.Place = null;
                if (lane.Place is not null)
                {
                    _waitingLanes.Remove(place);
                    _waitingLanes.AddLast(place);
                }

                return waiter;
            }

            return null;
        }
    }

    private bool AnyAdmissible()
    {
        foreach (var lane in _waitingLanes)
        {
            if (Admissible(lane) is not null)
                return true;
        }

        return false;
    }

    /// <summary>The lane's queue whose first call has waited longest among those that may pass.</summary>
    private GateQueue? Admissible(GateLane lane)
    {
        GateQueue? oldest = null;
        if (lane.Admitted >= lane.Width)
            return null;
        foreach (var queue in lane.Queues)
        {
            if (queue.Lane.Admitted < _width && (oldest is null || queue.Waiters.First!.Value.Number < oldest.Waiters.First!.Value.Number))
                oldest = queue;
        }

        return oldest;
    }

    private void GiveUp(GateWaiter waiter, Action remove, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Admitted already: the slot is the caller's, who will see the cancellation and free it.
            if (waiter.Place is null)
                return;
            remove();
            waiter.Place = null;
        }

        waiter.Admitted.SetCanceled(cancellationToken);
    }

    private void Remove(GateLane lane, GateQueue queue, GateWaiter waiter)
    {
        queue.Waiters.Remove(waiter.Place!);
        if (queue.Waiters.Count > 0)
            return;

        lane.Queues.Remove(queue);
        if (lane.Queues.Count > 0)
            return;

        _waitingLanes.Remove(lane.Place!);
        lane.Place = null;
    }
}
