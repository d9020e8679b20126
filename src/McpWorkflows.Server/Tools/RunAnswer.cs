using System.Text.Json;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.Tools;

/// <summary>
/// What a model is told of a run. A class with plain optional members: nullable members of a positional record are
/// listed as required and then left out, and strict clients reject that.
/// </summary>
internal sealed class RunAnswer
{
    public required string RunId { get; init; }

    public required string State { get; init; }

    public string? Name { get; init; }

    public string? Parent { get; init; }

    /// <summary>The whole result, or the first page of its text.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Set when the result is cut.</summary>
    public long? ResultChars { get; init; }

    public string? Error { get; init; }

    /// <summary><c>answer</c> or <c>quota</c>, while the run waits.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>When a waiting run goes on by itself.</summary>
    public DateTimeOffset? WaitingUntil { get; init; }

    /// <summary>What waits for a person's answer.</summary>
    public IReadOnlyList<QuestionReport>? Questions { get; init; }

    /// <summary>Set while the run goes on.</summary>
    public ProgressAnswer? Progress { get; init; }

    public CensusReport? Census { get; init; }

    public UsageReport? Usage { get; init; }

    public long? DurationMs { get; init; }

    public IReadOnlyList<FailureReport>? Failures { get; init; }

    /// <summary>Failures that are not listed.</summary>
    public int? MoreFailures { get; init; }

    /// <summary>Set, and true, when answers were made up by the rehearsal model.</summary>
    public bool? Rehearsed { get; init; }

    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>Tokens the planner took to write the script.</summary>
    public UsageReport? Planner { get; init; }

    /// <summary>What is to be approved, or was planned.</summary>
    public PlanReport? Plan { get; init; }

    /// <summary>After a slice: what the whole would take.</summary>
    public SliceReport? Slice { get; init; }

    public ReuseReport? Resumed { get; init; }

    public IReadOnlyList<string>? Phases { get; init; }

    public IReadOnlyList<string>? Active { get; init; }

    public IReadOnlyList<string>? Calls { get; init; }

    public IReadOnlyList<string>? Log { get; init; }

    public required string Next { get; init; }
}

/// <summary>Where a run stands.</summary>
internal sealed class ProgressAnswer
{
    public string? Phase { get; init; }

    public required int Agents { get; init; }

    public required int Done { get; init; }

    public required int Running { get; init; }

    public required int Queued { get; init; }

    public required int Failed { get; init; }
}

/// <summary>A part of a long result.</summary>
internal sealed class ResultPage
{
    public required string RunId { get; init; }

    public required string State { get; init; }

    public required string Result { get; init; }

    /// <summary>Where this part begins.</summary>
    public required int Offset { get; init; }

    /// <summary>Characters of the whole text.</summary>
    public required int ResultChars { get; init; }

    public required string Next { get; init; }
}

/// <summary>The latest runs.</summary>
internal sealed class RunListAnswer
{
    public required IReadOnlyList<RunListItem> Runs { get; init; }

    public required string Next { get; init; }
}

/// <summary>The saved workflows.</summary>
internal sealed class WorkflowListAnswer
{
    public required IReadOnlyList<WorkflowItem> Workflows { get; init; }

    public required string Next { get; init; }
}
