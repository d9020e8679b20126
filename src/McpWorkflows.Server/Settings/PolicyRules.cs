namespace McpWorkflows.Server.Settings;

/// <summary>The section <c>policy</c> of one file; null for what it leaves open.</summary>
/// <param name="File">As people know it.</param>
internal sealed record PolicyRules(string File)
{
    /// <summary>No workflow may run.</summary>
    public bool Off { get; init; }

    /// <summary>Patterns of the names of saved workflows that may run, and no other scripts.</summary>
    public IReadOnlyList<string>? Workflows { get; init; }

    /// <summary>Calls of <c>agent()</c> of a run.</summary>
    public long? Agents { get; init; }

    /// <summary>Output tokens of a run.</summary>
    public long? Tokens { get; init; }

    /// <summary>US dollars of a run.</summary>
    public decimal? Dollars { get; init; }

    /// <summary>Agents of a run at a time.</summary>
    public long? Concurrency { get; init; }

    /// <summary>Of a run's own time.</summary>
    public decimal? Minutes { get; init; }

    /// <summary>Patterns.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Patterns.</summary>
    public IReadOnlyList<string>? Tools { get; init; }
}
