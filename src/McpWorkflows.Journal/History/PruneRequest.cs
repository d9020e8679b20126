namespace McpWorkflows.Journal.History;

/// <summary>Which ended runs to delete. Runs that may still go on stay: live, waiting, paused and planned ones always, interrupted ones unless named.</summary>
public sealed record PruneRequest
{
    /// <summary>Only runs that ended, or if they were interrupted began, before this.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>The newest so many runs stay, whatever their state.</summary>
    public int? Keep { get; init; }

    /// <summary>Interrupted runs too.</summary>
    public bool Interrupted { get; init; }

    /// <summary>Deletes nothing, and says what would be.</summary>
    public bool DryRun { get; init; }

    /// <summary>Gives the freed space back to the disk, which rewrites the file; else the journal uses it for further runs.</summary>
    public bool Compact { get; init; }
}

/// <summary>What was deleted, or would be.</summary>
/// <param name="RunIds">Oldest first.</param>
/// <param name="FreedBytes">Within the journal's file.</param>
/// <param name="FileBytes">Size of the journal's file afterwards.</param>
public sealed record PruneReport(IReadOnlyList<string> RunIds, long FreedBytes, long FileBytes);
