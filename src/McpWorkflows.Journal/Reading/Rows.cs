namespace McpWorkflows.Journal.Reading;

/// <summary>A row of <c>Runs</c>.</summary>
internal sealed class RunRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string State { get; init; }

    public string? LeaseOwner { get; init; }

    public long LeaseEpoch { get; init; }

    public long CreatedAt { get; init; }

    public long? EndedAt { get; init; }

    public string? ParentId { get; init; }

    public required string Name { get; init; }

    public required string FileName { get; init; }

    public required string SettingsJson { get; init; }

    public required string TotalsJson { get; init; }

    public string? Error { get; init; }

    public string? Goal { get; init; }

    public string? ArgsJson { get; init; }

    public required string Script { get; init; }

    public string? ResultJson { get; init; }

    public string? WaitingFor { get; init; }

    public long? WaitingUntil { get; init; }
}

/// <summary>A row of <c>Calls</c>.</summary>
internal sealed class CallRow
{
    public int Number { get; init; }

    public required string State { get; init; }

    public bool FromJournal { get; init; }

    public long? StartedAt { get; init; }

    public long? EndedAt { get; init; }

    public required string Hash { get; init; }

    public int Ordinal { get; init; }

    public required string Label { get; init; }

    public string? Phase { get; init; }

    public required string OptionsJson { get; init; }

    public required string Prompt { get; init; }

    /// <summary>The call's own, else of the settlement of the same key.</summary>
    public string? OutcomeJson { get; init; }

    public string? AnswerJson { get; init; }
}

/// <summary>A row of <c>Outcomes</c>.</summary>
internal sealed class OutcomeRow
{
    public required string Kind { get; init; }

    public required string Hash { get; init; }

    public int Ordinal { get; init; }

    public long Sequence { get; init; }

    public long Time { get; init; }

    public int CallNumber { get; init; }

    public string? Error { get; init; }

    public string? OutcomeJson { get; init; }

    public string? AnswerJson { get; init; }
}
