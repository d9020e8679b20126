namespace McpWorkflows.Agents.Faults;

/// <summary>What went wrong with a request, and whether asking again may help.</summary>
/// <param name="Cause">A sentence for people and scripts, with the remedy.</param>
internal sealed record Fault(string Cause, FaultKind Kind)
{
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the endpoint said, where it refused the form of the request.</summary>
    public string? RefusedForm { get; init; }

    public bool IsTransient => Kind != FaultKind.Terminal;
}

/// <summary>What kind of retry a fault deserves.</summary>
internal enum FaultKind
{
    Terminal,
    Transient,
    RateLimit,
    Stall,
}
