using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Telemetry;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Admits agents over all runs of the engine: so many at a time, round-robin over the runs' lanes, first come first
/// served within a lane. Calls that stand aside (for a provider's limit) free their slots, but no more than the width
/// are admitted to any lane of the host, so that they do not pile up. Every operation is O(1) in the number of calls.
/// </summary>
internal sealed class AgentGate
{
    private readonly Lock _lock = new();
    private readonly GateQueues _queues = new();
    private readonly IAgentSlots _slots;
    private int _width;
    private int _inUse;

    /// <param name="slots">What other processes share of the width; null for nothing.</param>
    public AgentGate(int width, IAgentSlots? slots = null)
    {
        _width = width;
        _slots = slots ?? UnsharedSlots.Instance;
        _slots.OnFree(Retry);
        RunInstruments.Widened(width);
    }

    /// <summary>How many more could be in flight if there were slots.</summary>
    private int Wanted => Math.Min(_queues.CountReady(_width), _width - _inUse);

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
        {
            RunInstruments.Widened(newWidth - _width);
            _width = newWidth;
        }

        AdmitWaiting();
    }

    /// <summary>Takes a place in the lane before it returns; completes when a slot is free for it.</summary>
    internal Task<GateSlot> EnterAsync(GateLane lane, string? hostLane, CancellationToken cancellationToken)
    {
        GateWaiter waiter;
        GateQueue queue;
        lock (_lock)
        {
            queue = _queues.QueueOf(lane, hostLane ?? "");
            if (_inUse < _width && queue.Lane.Admitted < _width && lane.Admitted < lane.Width && queue.Waiters.Count == 0 && !_queues.IsAnyReady(_width) && _slots.TryTake())
            {
                _inUse++;
                queue.Lane.Admitted++;
                lane.Admitted++;
                return Task.FromResult(new GateSlot(this, lane, queue.Lane));
            }

            waiter = _queues.Add(lane, queue);
        }

        return WaitAsync(lane, queue, waiter, cancellationToken);
    }

    /// <summary>Calls that stood aside and wait to go on.</summary>
    internal int Returning
    {
        get
        {
            lock (_lock)
                return _queues.Returning;
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
            if (_inUse < _width && _queues.Returning == 0 && _slots.TryTake())
            {
                _inUse++;
                return;
            }

            waiter = _queues.AddReturning();
        }

        using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(waiter, () => _queues.RemoveReturning(waiter), cancellationToken), null);
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

    private async Task<GateSlot> WaitAsync(GateLane lane, GateQueue queue, GateWaiter waiter, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(waiter, () => _queues.Remove(lane, queue, waiter), cancellationToken), null);
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
            if (_inUse >= _width || !_queues.IsAnyReady(_width) || !_slots.TryTake())
                return null;
            _inUse++;
            return _queues.Take(_width);
        }
    }

    private void GiveUp(GateWaiter waiter, Action remove, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Admitted already: the slot is the caller's, who will see the cancellation and free it.
            if (waiter.Place is null)
                return;
            remove();
        }

        waiter.Admitted.SetCanceled(cancellationToken);
    }
}
