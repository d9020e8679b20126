namespace McpWorkflows.Engine.Runs;

/// <summary>One run's queue at the gate.</summary>
internal sealed class GateLane(AgentGate gate)
{
    /// <summary>Guarded by the gate's lock.</summary>
    internal LinkedList<GateWaiter> Waiters { get; } = new();

    /// <summary>Where the lane stands among those with waiters; null without any.</summary>
    internal LinkedListNode<GateLane>? Place { get; set; }

    public Task<GateSlot> EnterAsync(CancellationToken cancellationToken) => gate.EnterAsync(this, cancellationToken);
}

/// <summary>A call that waits in a lane.</summary>
internal sealed class GateWaiter
{
    public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Null once it waits no more.</summary>
    public LinkedListNode<GateWaiter>? Place { get; set; }
}

/// <summary>The right to be in flight; disposing gives it back, once.</summary>
internal sealed class GateSlot(AgentGate gate) : IDisposable
{
    private int _released;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
            gate.Release();
    }
}
