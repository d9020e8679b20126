namespace McpWorkflows.Agents.Faults;

/// <summary>How long to wait before asking again.</summary>
internal static class RetryDelay
{
    private const int RateLimitPatience = 2;

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
        var full = Math.Min(first.TotalSeconds * Math.Pow(2, failures - 1), options.MaxRetryDelay.TotalSeconds);
        return TimeSpan.FromSeconds(full * (0.5 + (options.NextRandom() / 2)));
    }
}
