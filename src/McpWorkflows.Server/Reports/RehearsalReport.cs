namespace McpWorkflows.Server.Reports;

/// <summary>What a real run would ask, found by running the script on made-up answers.</summary>
internal sealed class RehearsalReport
{
    public required string Name { get; init; }

    public required string State { get; init; }

    public string? Error { get; init; }

    public required int Agents { get; init; }

    /// <summary>Characters of all prompts.</summary>
    public required long PromptChars { get; init; }

    public required IReadOnlyList<RehearsedPhase> Phases { get; init; }

    public required IReadOnlyList<RehearsedCall> Calls { get; init; }

    public required IReadOnlyList<ScriptFinding> Warnings { get; init; }

    public required IReadOnlyList<FailureReport> Failures { get; init; }

    public bool Rehearsed => true;
}

/// <summary>Agents of one phase.</summary>
internal sealed class RehearsedPhase
{
    public required string Title { get; init; }

    public required int Agents { get; init; }

    public required int WithSchema { get; init; }

    public required long PromptChars { get; init; }
}

/// <summary>One call of <c>agent()</c>.</summary>
internal sealed class RehearsedCall
{
    public required string Label { get; init; }

    public string? Phase { get; init; }

    public required int PromptChars { get; init; }

    public required bool Schema { get; init; }

    /// <summary>The model the script names; absent for the run's.</summary>
    public string? Model { get; init; }
}
