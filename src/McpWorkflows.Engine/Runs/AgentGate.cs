namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Admits agents over all runs of the engine: so many at a time, round-robin over the runs' lanes, first come first
/// served within a lane. Every operation is O(1).
/// </summary>
internal sealed class AgentGate(int width)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<GateLane> _waitingLanes = new();
    private int _width = width;
    private int _inUse;

    public GateLane OpenLane() => new(this);

    /// <summary>Takes effect at once for those who wait; those admitted stay.</summary>
    public void SetWidth(int newWidth)
    {
        lock (_lock)
            _width = newWidth;
        AdmitWaiting();
    }

    /// <summary>Takes a place in the lane before it returns; completes when a slot is free for it.</summary>
    internal Task<GateSlot> EnterAsync(GateLane lane, CancellationToken cancellationToken)
    {
        GateWaiter waiter;
        lock (_lock)
        {
            if (_inUse < _width && _waitingLanes.Count == 0)
            {
                _inUse++;
                return Task.FromResult(new GateSlot(this));
            }

            waiter = new GateWaiter();
            waiter.Place = lane.Waiters.AddLast(waiter);
            if (lane.Waiters.Count == 1)
                lane.Place = _waitingLanes.AddLast(lane);
        }

        return WaitAsync(lane, waiter, cancellationToken);
    }

    internal void Release()
    {
        lock (_lock)
            _inUse--;
        AdmitWaiting();
    }

    private async Task<GateSlot> WaitAsync(GateLane lane, GateWaiter waiter, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(lane, waiter, cancellationToken), null);
        await waiter.Admitted.Task.ConfigureAwait(false);
        return new GateSlot(this);
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
            if (_inUse >= _width || _waitingLanes.First is not { } place)
                return null;

            _inUse++;
            var lane = place.Value;
            var waiter = lane.Waiters.First!.Value;
            Remove(lane, waiter);
            if (lane.Place is not null)
            {
                _waitingLanes.Remove(place);
                _waitingLanes.AddLast(place);
            }

            return waiter;
        }
    }

    private void GiveUp(GateLane lane, GateWaiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Admitted already: the slot is the caller's, who will see the cancellation and free it.
            if (waiter.Place is null)
                return;
            Remove(lane, waiter);
        }

        waiter.Admitted.SetCanceled(cancellationToken);
    }

    private void Remove(GateLane lane, GateWaiter waiter)
    {
        lane.Waiters.Remove(waiter.Place!);
        waiter.Place = null;
        if (lane.Waiters.Count > 0)
            return;

        _waitingLanes.Remove(lane.Place!);
        lane.Place = null;
    }
}
