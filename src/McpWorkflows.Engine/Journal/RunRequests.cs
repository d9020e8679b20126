namespace McpWorkflows.Engine.Journal;

/// <summary>What others want of the runs leased to a process, by the runs' ids.</summary>
public sealed record RunRequests
{
    public static RunRequests None { get; } = new();

    /// <summary>Somebody asked to cancel these.</summary>
    public IReadOnlyList<string> Cancel { get; init; } = [];

    /// <summary>What people want of runs, in the order of their coming; each is told once.</summary>
    public IReadOnlyList<(string RunId, RunOrder Order)> Orders { get; init; } = [];

    /// <summary>These have an answered question whose item is not settled yet; told until it is.</summary>
    public IReadOnlyList<string> Answered { get; init; } = [];

    /// <summary>Others have taken these over: the process was suspended for longer than its leases last. It may write nothing more of them.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];
}
