using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>One call of <c>agent()</c>.</summary>
internal sealed record DossierCall
{
    public required int Number { get; init; }

    public required string Label { get; init; }

    /// <summary>Null outside any phase.</summary>
    public string? Phase { get; init; }

    public required CallState State { get; init; }

    /// <summary>A completed run that this one was made from had paid for it.</summary>
    public bool FromJournal { get; init; }

    /// <summary>Null for one that is at work or was cancelled.</summary>
    public AgentOutcome? Outcome { get; init; }

    /// <summary>Null where it is not known.</summary>
    public string? Prompt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>It used tokens of no known price.</summary>
    public bool IsUnpriced => !FromJournal && Outcome is { Cost: null, Rehearsed: false, Usage: { InputTokens: > 0 } or { OutputTokens: > 0 } };

    public bool HasFailed => State == CallState.Failed;

    public static DossierCall Of(CallRecord call) => new()
    {
        Number = call.Number,
        Label = call.Label,
        Phase = call.Phase,
        State = call.State,
        FromJournal = call.FromJournal,
        Outcome = call.Outcome,
        Prompt = call.Prompt,
        StartedAt = call.StartedAt,
        EndedAt = call.EndedAt,
    };
}

/// <summary>A state that a run took.</summary>
/// <param name="Note">What it waits for, or the error; null for nothing.</param>
internal sealed record StateChange(DateTimeOffset Time, string State, string? Note);
