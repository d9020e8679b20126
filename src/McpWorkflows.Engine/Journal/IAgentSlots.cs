namespace McpWorkflows.Engine.Journal;

/// <summary>Names of pools of slots.</summary>
public static class SlotPool
{
    /// <summary>Agents in flight over all runs.</summary>
    public const string Agents = "agents";
}

/// <summary>
/// The right to have an agent in flight, shared by all engines of a journal. Safe for use from any thread;
/// every operation returns at once.
/// </summary>
public interface IAgentSlots : IDisposable
{
    /// <summary>False when others have them all, or wait for the next one; then <see cref="OnFree"/> tells when to try again.</summary>
    bool TryTake();

    /// <summary>Gives one back.</summary>
    /// <param name="wanted">How many more this engine could put to use now.</param>
    void Release(int wanted);

    /// <summary>
    /// Sets, once, what is called when a refused engine should try again. It does so, and returns how many more slots it
    /// could put to use; it is called no more after 0, until a slot is refused again.
    /// </summary>
    void OnFree(Func<int> retry);
}

/// <summary>Slots that nobody else wants.</summary>
public sealed class UnsharedSlots : IAgentSlots
{
    public static UnsharedSlots Instance { get; } = new();

    public bool TryTake() => true;

    public void Release(int wanted)
    {
    }

    public void OnFree(Func<int> retry)
    {
    }

    public void Dispose()
    {
    }
}
