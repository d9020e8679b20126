namespace McpWorkflows.Engine.Journal;

/// <summary>One run as stored.</summary>
public sealed record RunRecord
{
    public required string Id { get; init; }

    /// <summary>The run this one was made from by resuming a completed run.</summary>
    public string? ParentId { get; init; }

    /// <summary><c>meta.name</c>.</summary>
    public required string Name { get; init; }

    public required string Script { get; init; }

    public required string FileName { get; init; }

    public string? ArgsJson { get; init; }

    /// <summary>The goal the script was written for, if a planner wrote it.</summary>
    public string? Goal { get; init; }

    public required RunSettings Settings { get; init; }

    public required RunState State { get; init; }

    /// <summary>JSON text of the result; null for none or <c>undefined</c>.</summary>
    public string? ResultJson { get; init; }

    /// <summary>Why the run failed, with position.</summary>
    public string? Error { get; init; }

    /// <summary>Until the run ends: as of the last state change.</summary>
    public RunTotals Totals { get; init; } = new();

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Only while the run waits.</summary>
    public WaitingFor? WaitingFor { get; init; }

    /// <summary>When a waiting run goes on by itself; null when it does not.</summary>
    public DateTimeOffset? WaitingUntil { get; init; }
}

/// <summary>What a run was started with; stored as JSON.</summary>
public sealed record RunSettings
{
    /// <summary><c>provider/name</c>; null for the server's default.</summary>
    public string? Model { get; init; }

    public required string Workspace { get; init; }

    /// <summary>Ceiling in output tokens.</summary>
    public long? Budget { get; init; }

    /// <summary>Ceiling in US dollars.</summary>
    public decimal? BudgetDollars { get; init; }

    public required long Seed { get; init; }

    /// <value>1,000</value>
    public int MaxAgents { get; init; } = 1_000;

    /// <summary>The name under which the script was found saved; null for one that came with the call, from a file or a planner.</summary>
    public string? SavedAs { get; init; }

    /// <summary>Every <c>parallel</c> and <c>pipeline</c> of the script takes only so many items, and the run then waits for approval; null for all.</summary>
    public int? Slice { get; init; }
}

/// <summary>The census and what the run took; stored as JSON.</summary>
public sealed record RunTotals
{
    /// <summary>Calls of <c>agent()</c> that took a place.</summary>
    public int Agents { get; init; }

    public int FromJournal { get; init; }

    public int Failed { get; init; }

    public int Skipped { get; init; }

    /// <summary>Still in flight when the script returned or the run was cancelled.</summary>
    public int Cancelled { get; init; }

    /// <summary>Thunks and stages that threw.</summary>
    public int BranchesFailed { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <summary>US dollars, of the calls whose price is known; null where none is.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Calls that used tokens of no known price; what they cost comes on top.</summary>
    public int UnpricedCalls { get; init; }

    /// <summary>Own time of the run, sessions added up, in milliseconds.</summary>
    public long DurationMs { get; init; }

    public bool Rehearsed { get; init; }

    /// <summary>
    /// Every settlement up to this place is in the tokens; after a crash later ones are added. Null in totals of older
    /// releases, and before anything was counted.
    /// </summary>
    public long? CountedTo { get; init; }

    /// <summary>For a run on a slice: what the whole would take.</summary>
    public WholeEstimate? Whole { get; init; }
}

/// <summary>What a whole run would take, by what its slice took: each call counts for as many as it stands for.</summary>
public sealed record WholeEstimate
{
    public static WholeEstimate None { get; } = new();

    public double Agents { get; init; }

    public double InputTokens { get; init; }

    public double OutputTokens { get; init; }

    /// <summary>US dollars of the calls whose price is known; null where none is.</summary>
    public decimal? Cost { get; init; }
}

/// <summary>States of a run. Texts for users are in snake_case.</summary>
public enum RunState
{
    /// <summary>Waits for a person's approval; nobody holds it.</summary>
    Planned,
    Running,
    Waiting,
    Paused,
    Interrupted,
    Completed,
    CompletedWithFailures,
    Failed,
    Cancelled,
}

/// <summary>What a waiting run waits for. Texts for users are in lower case.</summary>
public enum WaitingFor
{
    /// <summary>A person's answer to a question.</summary>
    Answer,

    /// <summary>A model's quota that was spent and will be filled again.</summary>
    Quota,
}
