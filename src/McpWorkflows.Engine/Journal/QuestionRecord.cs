namespace McpWorkflows.Engine.Journal;

/// <summary>A question that a script put to a person, and the answer.</summary>
public sealed record QuestionRecord
{
    /// <summary>From 1, unique in the run; what people answer by.</summary>
    public required int Number { get; init; }

    /// <summary>Of the kind <see cref="ItemKind.Question"/>.</summary>
    public required ItemKey Key { get; init; }

    public required string Text { get; init; }

    /// <summary>What the answer must match.</summary>
    public string? SchemaJson { get; init; }

    /// <summary>The answer when nobody gives one in time.</summary>
    public string? DefaultJson { get; init; }

    /// <summary>When waiting for an answer ends.</summary>
    public DateTimeOffset? Deadline { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Null until there is one, and for a question whose time ran out without a default.</summary>
    public string? AnswerJson { get; init; }

    /// <summary>Null as long as the question is open.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }
}
