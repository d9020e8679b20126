using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Engine.Lessons;

/// <summary>For which project to gather lessons, and with what.</summary>
public sealed record DreamRequest
{
    /// <summary>A folder of the project, absolute.</summary>
    public required string Workspace { get; init; }

    /// <summary><c>provider/name</c>; null for the host's default.</summary>
    public string? Model { get; init; }

    /// <summary>Ceiling in output tokens.</summary>
    public long? Budget { get; init; }

    /// <summary>Ceiling in US dollars.</summary>
    public decimal? BudgetDollars { get; init; }
}

/// <summary>What became of the wish to gather lessons.</summary>
/// <param name="RunId">The run that gathers them; null when there is none, or nobody knows it yet.</param>
public sealed record DreamBegun(string? RunId, DreamStart Start)
{
    /// <summary>Runs that are read, of one that was started.</summary>
    public int Runs { get; init; }
}

/// <summary>Ways to begin.</summary>
public enum DreamStart
{
    Started,

    /// <summary>One that was cut off goes on; what it had finished is not paid again.</summary>
    Resumed,

    /// <summary>It is under way, here or in another process.</summary>
    Elsewhere,

    NothingToLearn,
}

/// <summary>The end of gathering lessons.</summary>
/// <param name="Changes">Null when nothing was taken in: the run failed, was a rehearsal, or another process took it in.</param>
public sealed record DreamEnded(RunStatus Status, LessonChanges? Changes);
