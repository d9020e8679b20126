using McpWorkflows.Agents.Faults;

namespace McpWorkflows.Agents.Limits;

/// <summary>How often a request is made again.</summary>
/// <param name="Retries">Attempts after the first that may fail in a row.</param>
/// <param name="IsAsked">The script said so; else that is a default, which a rate limit may stretch.</param>
internal readonly record struct Patience(int Retries, bool IsAsked)
{
    /// <summary>
    /// With pauses of 1 to 2 s, then 2 to 4 s, a minute and a half: an allowance by the minute comes back in that time, and
    /// with an endpoint that other processes have filled a place becomes free.
    /// </summary>
    private const int RetriesAtALimit = 30;

    /// <summary>Attempts after the first that may fail like this.</summary>
    public int After(Fault fault) => !IsAsked && fault is { Kind: FaultKind.RateLimit, RetryAfter: null } ? Math.Max(Retries, RetriesAtALimit) : Retries;
}
