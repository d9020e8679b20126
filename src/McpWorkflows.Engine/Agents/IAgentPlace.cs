namespace McpWorkflows.Engine.Agents;

/// <summary>A call's place among those in flight. Held from the moment the host is asked until the outcome is on disk.</summary>
public interface IAgentPlace
{
    /// <summary>
    /// Gives the place to others while <paramref name="waitAsync"/> waits for something that is no work (a provider's
    /// limit, a back-off), and takes one again before newcomers do. Calls that stand aside still count for their lane
    /// (<see cref="IAgentHost.LaneOf"/>), so that a slow provider does not let ever more agents begin.
    /// </summary>
    Task<T> StepAsideAsync<T>(Func<CancellationToken, Task<T>> waitAsync, CancellationToken cancellationToken);
}
