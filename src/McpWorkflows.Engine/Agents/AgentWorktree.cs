namespace McpWorkflows.Engine.Agents;

/// <summary>What an isolated agent changed, kept with its call.</summary>
public sealed record AgentWorktree
{
    /// <summary>The branch that holds the work.</summary>
    public required string Branch { get; init; }

    /// <summary>Absolute path of the working tree.</summary>
    public required string Path { get; init; }

    /// <summary>The commit from which the agent started.</summary>
    public required string Base { get; init; }

    /// <summary>All changes since <see cref="Base"/> as <c>git apply --binary</c> reads them; null where they are too large to be kept (the branch has them).</summary>
    public string? Patch { get; init; }

    public int FilesChanged { get; init; }

    public int Insertions { get; init; }

    public int Deletions { get; init; }
}

/// <summary>What came of looking for the work of a journaled call.</summary>
/// <param name="IsThere">The work is there, or is there again; otherwise the call must be run again.</param>
/// <param name="Note">Said in the run's log; null when nothing had to be done.</param>
public sealed record WorkRestored(bool IsThere, string? Note);
