using McpWorkflows.Engine.Lessons;

namespace McpWorkflows.Server.Reports;

/// <summary><c>lessons --json</c>, and the resource <c>workflow://lessons</c>.</summary>
internal sealed class LessonListReport
{
    public required IReadOnlyList<LessonItem> Lessons { get; init; }

    public static LessonListReport Of(LessonBook book) => new() { Lessons = [.. book.Live.Select(LessonItem.Of)] };
}

/// <summary>A lesson.</summary>
internal sealed class LessonItem
{
    public required int Number { get; init; }

    public required string Text { get; init; }

    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary><c>all</c>, <c>agents</c> or <c>planner</c>.</summary>
    public required string For { get; init; }

    /// <summary><c>person</c> or <c>runs</c>.</summary>
    public required string Origin { get; init; }

    public required IReadOnlyList<LessonEvidenceItem> Evidence { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static LessonItem Of(Lesson lesson) => new()
    {
        Number = lesson.Number,
        Text = lesson.Text,
        Topics = lesson.Topics,
        For = lesson.Audience.ToString().ToLowerInvariant(),
        Origin = lesson.IsPersons ? "person" : "runs",
        Evidence = [.. lesson.Evidence.Select(one => new LessonEvidenceItem { RunId = one.RunId, Label = one.Label })],
        CreatedAt = lesson.CreatedAt,
        UpdatedAt = lesson.UpdatedAt,
    };
}

/// <summary>Where a lesson was learnt.</summary>
internal sealed class LessonEvidenceItem
{
    public required string RunId { get; init; }

    public string? Label { get; init; }
}

/// <summary><c>dream --json</c></summary>
internal sealed class DreamReport
{
    /// <summary><c>completed</c>, <c>nothing_to_learn</c>, or the state of the run.</summary>
    public required string State { get; init; }

    public string? RunId { get; init; }

    public string? Error { get; init; }

    public int? Added { get; init; }

    public int? Changed { get; init; }

    public int? Retired { get; init; }

    public int? Refused { get; init; }

    public bool? Rehearsed { get; init; }

    public UsageReport? Usage { get; init; }
}
