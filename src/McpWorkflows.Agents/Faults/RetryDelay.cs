namespace McpWorkflows.Agents.Faults;

/// <summary>How long to wait before asking again.</summary>
internal static class RetryDelay
{
    private const int RateLimitPatience = 2;

    /// <summary>Where a provider refuses without a word, room may be there at any moment: looked for often, not ever more rarely.</summary>
    private const int LongestLook = 4;

    /// <param name="failures">Failures in a row so far, from 1.</param>
    public static TimeSpan After(Fault fault, int failures, AgentHostOptions options)
    {
        if (fault.RetryAfter is { } asked)
        {
            // Never earlier than asked, and not with other processes at the same moment.
            var most = asked < options.RetryDelay ? asked : options.RetryDelay;
            return asked + (most * 0.25 * options.NextRandom());
        }

        var first = fault.IsLimit ? options.RetryDelay * RateLimitPatience : options.RetryDelay;
        var longest = fault.Kind == FaultKind.RateLimit ? Math.Min(options.RetryDelay.TotalSeconds * LongestLook, options.MaxRetryDelay.TotalSeconds) : options.MaxRetryDelay.TotalSeconds;
        var full = Math.Min(first.TotalSeconds * Math.Pow(2, failures - 1), longest);
        return TimeSpan.FromSeconds(full * (0.5 + (options.NextRandom() / 2)));
    }
}
