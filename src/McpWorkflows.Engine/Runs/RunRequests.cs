using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Planning;

namespace McpWorkflows.Engine.Runs;

/// <summary>What to start.</summary>
public sealed record StartRun
{
    public required string Script { get; init; }

    /// <summary>For error positions.</summary>
    public string FileName { get; init; } = "workflow.js";

    /// <summary>JSON text, or null. A JSON string that holds an object or array as text is taken as that.</summary>
    public string? ArgsJson { get; init; }

    public string? Goal { get; init; }

    public string? Model { get; init; }

    public required string Workspace { get; init; }

    public long? Budget { get; init; }

    /// <summary>Ceiling in US dollars.</summary>
    public decimal? BudgetDollars { get; init; }

    /// <summary>The name under which the script was found saved.</summary>
    public string? SavedAs { get; init; }

    /// <summary>The plan, kept with the run.</summary>
    public WorkflowPlan? Plan { get; init; }

    /// <summary>The run is only stored, as <see cref="RunState.Planned"/>, until a resume approves it.</summary>
    public bool Hold { get; init; }

    /// <summary>Runs only the first so many items of every fan-out, and then waits for approval of the rest.</summary>
    public int? Slice { get; init; }

    /// <summary>The project's lessons stay out of its agents' instructions.</summary>
    public bool WithoutLessons { get; init; }
}

/// <summary>What to resume and what to change in it; null keeps what the run had.</summary>
public sealed record ResumeRun
{
    public required string RunId { get; init; }

    public string? Script { get; init; }

    public string? FileName { get; init; }

    public string? Model { get; init; }

    public long? Budget { get; init; }

    /// <summary>Ceiling in US dollars.</summary>
    public decimal? BudgetDollars { get; init; }

    /// <summary>A planned run may begin, the whole of it. An edited script approves too: whoever edits a plan has read it.</summary>
    public bool Approve { get; init; }

    /// <summary>Labels or numbers of calls to run again although they succeeded.</summary>
    public IReadOnlyList<string> Rerun { get; init; } = [];

    /// <summary>Answers to what the run asks. With answers alone the run just goes on, in whichever process it is.</summary>
    public IReadOnlyList<QuestionAnswer> Answers { get; init; } = [];

    /// <summary>Something in the run is to be other than before.</summary>
    internal bool IsEdit => Script is not null || Model is not null || Budget is not null || BudgetDollars is not null || Rerun.Count > 0 || Approve;
}

/// <summary>A person's answer.</summary>
/// <param name="Number">Of the question; null for the only open one.</param>
/// <param name="Json">JSON text.</param>
public sealed record QuestionAnswer(int? Number, string Json);

/// <summary>The answer does not fit; nothing was stored. The message says what would.</summary>
public sealed class AnswerRefusedException(string message) : Exception(message);

/// <summary>There is no run of that id.</summary>
public sealed class RunNotFoundException(string runId)
    : Exception($"There is no run '{runId}' in this journal. List the runs to see their ids.");

/// <summary>The run is not in a state from which it can go on.</summary>
public sealed class RunNotResumableException(string message) : Exception(message)
{
    /// <summary>Another living process owns the run.</summary>
    internal bool IsHeld { get; init; }

    /// <summary>The run is being paused there.</summary>
    internal bool IsPaused { get; init; }
}
