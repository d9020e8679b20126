using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpWorkflows.Server.Reports;

/// <summary>What <c>run</c>, <c>resume</c> and <c>status</c> print with <c>--json</c>.</summary>
internal sealed class RunReport
{
    public required string RunId { get; init; }

    /// <summary>The completed run this one was made from.</summary>
    public string? Parent { get; init; }

    public required string Name { get; init; }

    public required string State { get; init; }

    /// <summary>Always there; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required JsonElement? Result { get; init; }

    /// <summary>Why the run failed.</summary>
    public string? Error { get; init; }

    public required CensusReport Census { get; init; }

    public required UsageReport Usage { get; init; }

    /// <summary>The run's own time.</summary>
    public required long DurationMs { get; init; }

    public required IReadOnlyList<FailureReport> Failures { get; init; }

    /// <summary>Failures that are not listed.</summary>
    public int? MoreFailures { get; init; }

    /// <summary><c>answer</c> or <c>quota</c>, while the run waits.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>When a waiting run goes on by itself.</summary>
    public DateTimeOffset? WaitingUntil { get; init; }

    /// <summary>What waits for a person's answer.</summary>
    public IReadOnlyList<QuestionReport>? Questions { get; init; }

    public required bool Rehearsed { get; init; }

    /// <summary>What a resume made of the journal.</summary>
    public ReuseReport? Resumed { get; init; }

    /// <summary>While the run waits for approval.</summary>
    public PlanReport? Plan { get; init; }

    /// <summary>After a slice: what the whole would take.</summary>
    public SliceReport? Slice { get; init; }
}

/// <summary>Calls of <c>agent()</c>.</summary>
internal sealed class CensusReport
{
    public required int Agents { get; init; }

    public required int FromJournal { get; init; }

    public required int Failed { get; init; }

    public required int Skipped { get; init; }

    /// <summary>Still at work when the script returned.</summary>
    public int? Cancelled { get; init; }

    /// <summary>Thunks and stages that threw.</summary>
    public int? BranchesFailed { get; init; }
}

/// <summary>Tokens, as the endpoints report them.</summary>
internal sealed class UsageReport
{
    public required long InputTokens { get; init; }

    public required long OutputTokens { get; init; }

    /// <summary>US dollars that the run itself paid; null where a price is not known.</summary>
    public decimal? Cost { get; init; }
}

/// <summary>A question to a person.</summary>
internal sealed class QuestionReport
{
    /// <summary>By which it is answered.</summary>
    public required int Number { get; init; }

    public required string Question { get; init; }

    /// <summary>What the answer must match.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>The answer when nobody gives one in time.</summary>
    public JsonElement? Default { get; init; }

    public DateTimeOffset? Deadline { get; init; }
}

/// <summary>A call that failed, or a thunk or stage that threw.</summary>
internal sealed class FailureReport
{
    public required string Label { get; init; }

    public string? Phase { get; init; }

    public required string Cause { get; init; }

    /// <summary>0 for branches.</summary>
    public required int Attempts { get; init; }

    /// <summary><c>schema</c>, <c>stalled</c>, <c>refused</c> or <c>branch</c>; absent for ordinary failures.</summary>
    public string? Kind { get; init; }

    /// <summary>The last raw text of the model.</summary>
    public string? LastText { get; init; }
}

/// <summary>What a resume made of the journal.</summary>
internal sealed class ReuseReport
{
    public required int Reused { get; init; }

    public required int Ran { get; init; }

    /// <summary>Labels of journaled calls that nobody asked for.</summary>
    public required IReadOnlyList<string> Unused { get; init; }
}
