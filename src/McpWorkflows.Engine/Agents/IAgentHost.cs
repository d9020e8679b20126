namespace McpWorkflows.Engine.Agents;

/// <summary>
/// Runs agents. The engine has already taken a place at the gate when it calls; the host may make as many model
/// requests as the agent needs, retries transient faults itself, and reports every end as a value.
/// </summary>
public interface IAgentHost
{
    /// <summary>
    /// Runs one agent to its end. Never throws for what an agent, a model or a tool does: that is an
    /// <see cref="AgentOutcome"/>. Throws <see cref="OperationCanceledException"/> only when
    /// <paramref name="cancellationToken"/> asked for it.
    /// </summary>
    /// <param name="progress">Told of every sign of life, from any thread; must return at once.</param>
    Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken);

    /// <summary>
    /// What a call waits for besides the gate: the provider and model it will ask, or null where that cannot be told.
    /// Calls of one lane share its width; those of a lane that is held up let others pass. Must return at once.
    /// </summary>
    string? LaneOf(AgentRequest request) => null;

    /// <summary>
    /// Agents that the providers in use let through at once, for displays; null where none has set a limit. Must return at once.
    /// </summary>
    int? Allowed => null;

    /// <summary>
    /// Looks for the work of a journaled call before a replay builds on it, and puts it there again where it is gone.
    /// Hosts that isolate no agents have none.
    /// </summary>
    Task<WorkRestored> RestoreAsync(AgentWorktree worktree, string workspace, CancellationToken cancellationToken) =>
        Task.FromResult(new WorkRestored(true, null));
}
