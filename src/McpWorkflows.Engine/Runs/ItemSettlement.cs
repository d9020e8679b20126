using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>What a script sees of a settled item: the same for a live one and a journaled one, letter by letter.</summary>
internal static class ItemSettlement
{
    public static Settlement Of(SettledItem item, WorkflowSnapshots workflows, ScriptOutput request) => item switch
    {
        { Error: { } error } => new Rejected("Error", error),
        { Outcome: { } outcome } => Of(outcome),
        { Key.Kind: ItemKind.Workflow } => workflows.Find((WorkflowRequested)request)!,
        _ => new Resolved(null),
    };

    /// <summary>An end that a person's resume runs again.</summary>
    public static bool IsFailure(this SettledItem item) =>
        item.Error is not null || item.Outcome is { Kind: not AgentOutcomeKind.Succeeded };

    /// <summary>Skips are not failures.</summary>
    public static bool HasFailed(this AgentOutcome outcome) =>
        outcome.Kind is not (AgentOutcomeKind.Succeeded or AgentOutcomeKind.Skipped);

    public static CallState ToCallState(this AgentOutcome outcome) => outcome.Kind switch
    {
        AgentOutcomeKind.Succeeded => CallState.Succeeded,
        AgentOutcomeKind.Skipped => CallState.Skipped,
        _ => CallState.Failed,
    };

    private static Settlement Of(AgentOutcome outcome) => outcome.Kind switch
    {
        AgentOutcomeKind.Succeeded => new Resolved(outcome.AnswerJson ?? "null"),
        AgentOutcomeKind.Failed or AgentOutcomeKind.Skipped => new Resolved("null"),
        _ => new Rejected("Error", outcome.Failure?.Cause ?? "The agent gave no answer and no cause."),
    };
}
