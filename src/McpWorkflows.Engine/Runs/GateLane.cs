using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Runs;

/// <summary>One run's queues at the gate, one for each of the hosts' lanes that its calls want.</summary>
internal sealed class GateLane(AgentGate gate, int width)
{
    /// <summary>Calls of the run that may be admitted at a time.</summary>
    internal int Width => width;

    /// <summary>Calls of the run admitted, those that stand aside included. Guarded by the gate's lock.</summary>
    internal int Admitted { get; set; }

    /// <summary>Without the empty ones. Guarded by the gate's lock.</summary>
    internal List<GateQueue> Queues { get; } = [];

    /// <summary>Where the lane stands among those with waiters; null without any.</summary>
    internal LinkedListNode<GateLane>? Place { get; set; }

    /// <param name="hostLane">What the host names the lane of the call; null for none in particular.</param>
    public Task<GateSlot> EnterAsync(string? hostLane, CancellationToken cancellationToken) => gate.EnterAsync(this, hostLane, cancellationToken);

    public Task<GateSlot> EnterAsync(CancellationToken cancellationToken) => EnterAsync(null, cancellationToken);
}

/// <summary>The calls of one run that wait for one lane of the host.</summary>
internal sealed class GateQueue(HostLane lane)
{
    public HostLane Lane => lane;

    public LinkedList<GateWaiter> Waiters { get; } = new();
}

/// <summary>A lane of the host, over all runs.</summary>
internal sealed class HostLane
{
    /// <summary>Calls admitted, those that stand aside included. Guarded by the gate's lock.</summary>
    public int Admitted { get; set; }
}

/// <summary>A call that waits in a lane, or to come back from standing aside.</summary>
internal sealed class GateWaiter
{
    public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>From 1, in the order of arrival at the gate.</summary>
    public long Number { get; init; }

    /// <summary>Null once it waits no more.</summary>
    public LinkedListNode<GateWaiter>? Place { get; set; }
}

/// <summary>The right to be in flight; disposing gives it back, once.</summary>
internal sealed class GateSlot(AgentGate gate, GateLane run, HostLane lane) : IDisposable, IAgentPlace
{
    private bool _aside;
    private int _released;

    public async Task<T> StepAsideAsync<T>(Func<CancellationToken, Task<T>> waitAsync, CancellationToken cancellationToken)
    {
        _aside = true;
        gate.Leave();
        // A wait that fails ends the call: it comes back no more.
        var result = await waitAsync(cancellationToken).ConfigureAwait(false);
        await gate.ReturnAsync(cancellationToken).ConfigureAwait(false);
        _aside = false;
        return result;
    }

    /// <summary>A call that broke off while it stood aside begins again.</summary>
    internal async Task ComeBackAsync(CancellationToken cancellationToken)
    {
        if (!_aside)
            return;
        await gate.ReturnAsync(cancellationToken).ConfigureAwait(false);
        _aside = false;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
            gate.Release(run, lane, _aside);
    }
}
