using McpWorkflows.Agents.Limits;

namespace McpWorkflows.Agents.Faults;

/// <summary>What went wrong with a request, and whether asking again may help.</summary>
/// <param name="Cause">A sentence for people and scripts, with the remedy.</param>
internal sealed record Fault(string Cause, FaultKind Kind)
{
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>For a spent quota: when it is filled again; null where the endpoint does not say.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>What the answer's headers say of the endpoint's limits.</summary>
    public LimitNews? Limits { get; init; }

    /// <summary>Nobody is there at all, for no request.</summary>
    public bool IsUnreachable { get; init; }

    /// <summary>What the endpoint said, where it refused the form of the request.</summary>
    public string? RefusedForm { get; init; }

    public bool IsTransient => Kind is not (FaultKind.Terminal or FaultKind.Quota);

    /// <summary>The provider refused for its limits: waiting together helps, asking one by one does not.</summary>
    public bool IsLimit => Kind is FaultKind.RateLimit or FaultKind.Overload;
}

/// <summary>What kind of retry a fault deserves.</summary>
internal enum FaultKind
{
    Terminal,
    Transient,
    RateLimit,
    Overload,
    Stall,

    /// <summary>Nothing more is let in before the quota is filled again.</summary>
    Quota,
}
