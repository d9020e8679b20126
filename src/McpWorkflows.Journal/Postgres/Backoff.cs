namespace McpWorkflows.Journal.Postgres;

/// <summary>How long to wait from attempt to attempt: 100 ms at first, 2 s at most, and never all processes in step.</summary>
internal struct Backoff
{
    private const double FirstMs = 100;
    private const double LongestMs = 2_000;

    private int attempts;

    public TimeSpan Next() =>
        TimeSpan.FromMilliseconds(Math.Min(LongestMs, FirstMs * Math.Pow(2, Math.Min(10, attempts++))) * (0.5 + (Random.Shared.NextDouble() / 2)));
}
