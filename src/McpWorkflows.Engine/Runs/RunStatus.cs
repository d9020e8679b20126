using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Planning;

namespace McpWorkflows.Engine.Runs;

/// <summary>A run at a moment.</summary>
public sealed record RunStatus
{
    /// <summary>With live totals where the run is in this process.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>In the order of first use.</summary>
    public IReadOnlyList<PhaseStatus> Phases { get; init; } = [];

    /// <summary>Labels of the agents at work, at most 16 or what the gate admits.</summary>
    public IReadOnlyList<string> Active { get; init; } = [];

    /// <summary>Calls waiting at the gate.</summary>
    public int Queued { get; init; }

    /// <summary>Calls by number, then branches in the order in which they threw, at most 1,000 of those.</summary>
    public IReadOnlyList<FailureStatus> Failures { get; init; } = [];

    /// <summary>What waits for a person's answer, by number.</summary>
    public IReadOnlyList<QuestionRecord> Questions { get; init; } = [];

    /// <summary>The last lines of the log.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];

    /// <summary>For a resumed run: calls answered from the journal, run, and journaled ones nobody asked for.</summary>
    public ResumeReport? Resume { get; init; }

    /// <summary>While the run waits for approval: what is to be approved, as far as it is known.</summary>
    public WorkflowPlan? Plan { get; init; }
}

/// <summary>Counts of one phase.</summary>
public sealed record PhaseStatus(string Title, int Agents, int Done, int Failed, int Running);

/// <summary>A call that failed, or a thunk or stage that threw.</summary>
/// <param name="Number">The call's; 0 for branches.</param>
/// <param name="Label">The call's; for branches the place, for example <c>parallel[3]</c>.</param>
/// <param name="Kind"><c>failed</c>, <c>schema</c>, <c>stalled</c>, <c>refused</c> or <c>branch</c>.</param>
public sealed record FailureStatus(int Number, string Label, string? Phase, string Cause, int Attempts, string? LastText, string Kind = FailureStatus.Ordinary)
{
    public const string Ordinary = "failed";

    public const string Branch = "branch";
}

/// <summary>What a run waits for.</summary>
/// <param name="Until">When it goes on by itself; null when it does not.</param>
public sealed record RunWait(WaitingFor For, DateTimeOffset? Until);

/// <summary>What a resume made of the journal; labels.</summary>
public sealed record ResumeReport(int Reused, int Ran, IReadOnlyList<string> Unused);
