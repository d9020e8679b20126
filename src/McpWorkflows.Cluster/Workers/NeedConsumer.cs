using McpWorkflows.Cluster.Calls;

namespace McpWorkflows.Cluster.Workers;

/// <summary>A consumer on the queue of a need, with the worker's places that it may fill. Counts may be asked for from any thread.</summary>
internal sealed class NeedConsumer(CallNeed need, int places)
{
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _held;

    public CallNeed Need => need;

    /// <summary>The most messages it has at once.</summary>
    public int Places => places;

    /// <summary>Its messages that are not settled yet.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>What the broker calls it.</summary>
    public string Tag { get; set; } = "";

    /// <summary>It gets no further message: its places are free as its messages are settled.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Places that no other consumer may fill now.</summary>
    public int Taken => IsEnding ? Held : places;

    /// <summary>Completes when its last message is here.</summary>
    public Task Gone => _gone.Task;

    public void Take() => Interlocked.Increment(ref _held);

    public void Settle() => Interlocked.Decrement(ref _held);

    public void End() => _gone.TrySetResult();
}
