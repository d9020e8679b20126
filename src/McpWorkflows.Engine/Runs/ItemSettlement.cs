using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>What a script sees of a settled item: the same for a live one and a journaled one, letter by letter.</summary>
internal static class ItemSettlement
{
    public const string UnknownCause = "The agent gave no answer and no cause.";

    /// <summary>Scripts get the beginning; the whole text stays on the call.</summary>
    private const int MaxLastText = 2_000;

    public static Settlement Of(SettledItem item, WorkflowSnapshots workflows, ScriptOutput request) => item switch
    {
        { Error: { } error } => new Rejected("Error", error),
        { Outcome: { } outcome } => Of(outcome),
        { AnswerJson: { } answer } => new Resolved(answer),
        { Key.Kind: ItemKind.Workflow } => workflows.Find((WorkflowRequested)request)!,
        _ => new Resolved(null),
    };

    /// <summary>An end that a person's resume runs again.</summary>
    public static bool IsFailure(this SettledItem item) =>
        item.Error is not null || item.Outcome is { Kind: not AgentOutcomeKind.Succeeded };

    /// <summary>What <c>failures()</c> tells of a call; null unless it failed.</summary>
    public static CallFailure? FailureOf(CallRecord? call, AgentOutcome? outcome) =>
        call is null || outcome is null || !outcome.HasFailed()
            ? null
            : new CallFailure(
                outcome.Kind.ToFailureKind(),
                call.Label,
                call.Phase,
                outcome.Failure?.Cause ?? UnknownCause,
                outcome.Attempts,
                outcome.Failure?.LastText is { } text ? CutText.At(text, MaxLastText) : null);

    /// <summary>A failure's kind in texts for scripts and users.</summary>
    public static string ToFailureKind(this AgentOutcomeKind kind) => kind switch
    {
        AgentOutcomeKind.SchemaUnsatisfied => "schema",
        AgentOutcomeKind.Stalled => "stalled",
        AgentOutcomeKind.Refused => "refused",
        _ => FailureStatus.Ordinary,
    };

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
        _ => new Rejected("Error", outcome.Failure?.Cause ?? UnknownCause),
    };
}
