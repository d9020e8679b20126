using System.Text.Json.Serialization;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Server.Reports;

/// <summary>What <c>runs --json</c> prints, newest first.</summary>
internal sealed class RunListReport
{
    public required IReadOnlyList<RunListItem> Runs { get; init; }
}

/// <summary>One run of a list.</summary>
internal sealed class RunListItem
{
    public required string RunId { get; init; }

    public required string Name { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required int Agents { get; init; }

    public required int Failed { get; init; }

    public required long DurationMs { get; init; }

    public string? Parent { get; init; }

    public static RunListItem Of(RunRecord run) => new()
    {
        RunId = run.Id,
        Name = run.Name,
        State = run.State.ToText(),
        StartedAt = run.CreatedAt,
        Agents = run.Totals.Agents,
        Failed = run.Totals.Failed,
        DurationMs = run.Totals.DurationMs,
        Parent = run.ParentId,
    };
}

/// <summary>What <c>workflows --json</c> prints.</summary>
internal sealed class WorkflowListReport
{
    public required IReadOnlyList<WorkflowItem> Workflows { get; init; }
}

/// <summary>What <c>validate --json</c> prints.</summary>
internal sealed class ValidationReport
{
    public required bool Valid { get; init; }

    public required IReadOnlyList<ValidatedFile> Files { get; init; }
}

/// <summary>One validated file.</summary>
internal sealed class ValidatedFile
{
    public required string File { get; init; }

    public string? Name { get; init; }

    public required IReadOnlyList<ScriptFinding> Errors { get; init; }

    public required IReadOnlyList<ScriptFinding> Warnings { get; init; }

    /// <summary>What works here, but not in Claude Code.</summary>
    public IReadOnlyList<ScriptFinding> Notes { get; init; } = [];
}

/// <summary>An error or a warning with its place; 0 where there is none.</summary>
internal sealed class ScriptFinding
{
    public required int Line { get; init; }

    public required int Column { get; init; }

    public required string Message { get; init; }

    public string? SourceLine { get; init; }

    /// <summary>For terminals: place, message, source line and caret.</summary>
    [JsonIgnore]
    public string Text { get; init; } = "";
}
