using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Writing;

/// <summary>What a call's record says after its outcome.</summary>
internal static class CallStates
{
    public static CallState After(AgentOutcomeKind kind) => kind switch
    {
        AgentOutcomeKind.Succeeded => CallState.Succeeded,
        AgentOutcomeKind.Skipped => CallState.Skipped,
        _ => CallState.Failed,
    };

    public static bool IsEnd(CallState state) => state is not (CallState.Queued or CallState.Running);
}
