namespace McpWorkflows.Engine.Lessons;

/// <summary>What past runs of a project taught.</summary>
public sealed record Lesson
{
    /// <summary>From 1, unique in the project and never given twice.</summary>
    public required int Number { get; init; }

    /// <summary>One line, as <see cref="LessonText.Clean"/> leaves it.</summary>
    public required string Text { get; init; }

    /// <summary>Words of the tasks it is about; none: it is about all.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    public LessonAudience Audience { get; init; }

    public IReadOnlyList<LessonEvidence> Evidence { get; init; } = [];

    /// <summary>A person wrote or edited it: the curator leaves it as it is.</summary>
    public bool IsPersons { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Set for one that a person deleted. It stays as a tombstone, so that the curator does not bring it back.</summary>
    public DateTimeOffset? DeletedAt { get; init; }
}

/// <summary>Who gets to read a lesson.</summary>
public enum LessonAudience
{
    /// <summary>Agents and the planner.</summary>
    All,

    /// <summary>How to do a task.</summary>
    Agents,

    /// <summary>How to split a job.</summary>
    Planner,
}

/// <summary>Where a lesson was learnt; the run may have been pruned since.</summary>
/// <param name="Label">The agent's; null for the run as a whole.</param>
public sealed record LessonEvidence(string RunId, string? Label);
