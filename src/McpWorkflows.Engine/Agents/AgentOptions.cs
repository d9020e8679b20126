namespace McpWorkflows.Engine.Agents;

/// <summary>
/// The options of <c>agent()</c> as the script states them; null where the script is silent. Display options
/// (label, phase) are not here.
/// </summary>
public sealed record AgentOptions
{
    public static AgentOptions None { get; } = new();

    /// <summary>JSON Schema of the answer, as JSON text with the script's key order.</summary>
    public string? SchemaJson { get; init; }

    public string? Model { get; init; }

    /// <summary><c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c> or <c>max</c>.</summary>
    public string? Effort { get; init; }

    /// <summary><c>worktree</c> or null.</summary>
    public string? Isolation { get; init; }

    public string? AgentType { get; init; }

    public IReadOnlyList<string>? Tools { get; init; }

    public IReadOnlyList<string>? DisallowedTools { get; init; }

    /// <summary>Without progress for this long an attempt is restarted. Default 180 s.</summary>
    public TimeSpan? Stall { get; init; }

    /// <summary>Bound on the whole call, attempts included.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Bound on rounds of model request and tool results within an attempt.</summary>
    public int? MaxTurns { get; init; }

    /// <summary>Attempts after the first that failed.</summary>
    public int? Retries { get; init; }
}
