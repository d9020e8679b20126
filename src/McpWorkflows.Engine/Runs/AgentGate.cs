using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Admits agents over all runs of the engine: so many at a time, round-robin over the runs' lanes, first come first
/// served within a lane. Every operation is O(1).
/// </summary>
internal sealed class AgentGate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<GateLane> _waitingLanes = new();
    private readonly IAgentSlots _slots;
    private int _width;
    private int _inUse;
    private int _waiting;

    /// <param name="slots">What other processes share of the width; null for nothing.</param>
    public AgentGate(int width, IAgentSlots? slots = null)
    {
        _width = width;
        _slots = slots ?? UnsharedSlots.Instance;
        _slots.OnFree(Retry);
    }

    /// <summary>How many more could be in flight if there were slots.</summary>
    private int Wanted => Math.Min(_waiting, _width - _inUse);

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
            if (_inUse < _width && _waitingLanes.Count == 0 && _slots.TryTake())
            {
                _inUse++;
                return Task.FromResult(new GateSlot(this));
            }

            waiter = new GateWaiter();
            waiter.Place = lane.Waiters.AddLast(waiter);
            _waiting++;
            if (lane.Waiters.Count == 1)
                lane.Place = _waitingLanes.AddLast(lane);
        }

        return WaitAsync(lane, waiter, cancellationToken);
    }

    internal void Release()
    {
        GateWaiter? next;
        lock (_lock)
        {
            // In one go: a slot that is kept for those who wait must not lie idle when the last of them gives up.
            _inUse--;
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
            if (_inUse >= _width || _waitingLanes.First is not { } place || !_slots.TryTake())
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
        _waiting--;
        waiter.Place = null;
        if (lane.Waiters.Count > 0)
            return;

        _waitingLanes.Remove(lane.Place!);
        lane.Place = null;
    }
}
