namespace McpWorkflows.Engine.Planning;

/// <summary>A job stated in words, for which a script is wanted.</summary>
public sealed record PlanRequest
{
    public required string Goal { get; init; }

    /// <summary>JSON text the script will find in <c>args</c>; null for none.</summary>
    public string? ArgsJson { get; init; }

    /// <summary><c>provider/name</c>; null for the host's default.</summary>
    public string? Model { get; init; }

    /// <summary>Absolute path; the planner may look around in it, reading only.</summary>
    public required string Workspace { get; init; }

    /// <summary>What past runs taught, as text for the planner's prompt; null for nothing.</summary>
    public string? Lessons { get; init; }
}
