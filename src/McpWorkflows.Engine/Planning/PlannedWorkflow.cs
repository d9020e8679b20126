using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Planning;

/// <summary>The script a planner wrote; it has passed the validator.</summary>
/// <param name="Usage">Tokens of all rounds.</param>
/// <param name="Rounds">1, or 2 when the first script was refused and sent back.</param>
public sealed record PlannedWorkflow(WorkflowScript Script, AgentUsage Usage, int Rounds);

/// <summary>No valid script came of the goal; the message names cause and remedy.</summary>
public sealed class PlanningFailedException(string message, AgentUsage usage) : Exception(message)
{
    /// <summary>Tokens that were spent all the same.</summary>
    public AgentUsage Usage { get; } = usage;
}
