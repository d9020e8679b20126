using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Planning;

/// <summary>What a planner made of a goal: a script that was checked and rehearsed, and what it is expected to take.</summary>
/// <param name="Usage">Tokens of all rounds.</param>
/// <param name="Rounds">1, or more when scripts were sent back.</param>
public sealed record PlannedWorkflow(WorkflowScript Script, WorkflowPlan Plan, AgentUsage Usage, int Rounds);

/// <summary>No sound script came of the goal; the message names cause and remedy, and shows the last script.</summary>
public sealed class PlanningFailedException(string message, AgentUsage usage) : Exception(message)
{
    /// <summary>Tokens that were spent all the same.</summary>
    public AgentUsage Usage { get; } = usage;
}
