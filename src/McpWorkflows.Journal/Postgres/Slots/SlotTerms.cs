namespace McpWorkflows.Journal.Postgres.Slots;

/// <summary>Times by which slots are leased and handed on.</summary>
/// <param name="Lease">How long a block is its holder's by the database's clock.</param>
internal sealed record SlotTerms(TimeSpan Lease)
{
    /// <value>A lease of 3 s</value>
    public static SlotTerms Default { get; } = new(TimeSpan.FromSeconds(3));

    /// <summary>
    /// How long a block may be used by the holder's clock, from before the lease was asked for: what it started last has a quarter
    /// of the lease to reach the model before the database would hand the slot on.
    /// </summary>
    public TimeSpan Use => Lease * 0.75;

    /// <summary>Between two renewals.</summary>
    public TimeSpan Beat => Lease / 3;

    /// <summary>How long slots that nothing waits for are kept for what comes next.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Between two looks of one that waits while few do: all that wait take 200 looks a second together.</summary>
    public TimeSpan PollAmong(long others) => TimeSpan.FromMilliseconds(Math.Clamp(5 * (others + 1), 25, Beat.TotalMilliseconds));
}
