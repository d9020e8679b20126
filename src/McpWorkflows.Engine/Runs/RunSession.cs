using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>What a run starts or goes on with: the journal as it stands when the script starts.</summary>
internal sealed record RunSession
{
    /// <summary>In the state running; totals are those of earlier sessions.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>What the policy grants at most; counts beside the run's own settings.</summary>
    public RunCaps Caps { get; init; } = RunCaps.None;

    public int MaxAgents => (int)Math.Min(Run.Settings.MaxAgents, Caps.Agents?.Most ?? int.MaxValue);

    /// <summary>Ceiling in output tokens; null for none.</summary>
    public long? Budget => Run.Settings.Budget is { } own ? (long)Math.Min(own, Caps.Tokens?.Most ?? long.MaxValue) : (long?)Caps.Tokens?.Most;

    /// <summary>Ceiling in US dollars; null for none.</summary>
    public decimal? BudgetDollars => Run.Settings.BudgetDollars is { } own ? Math.Min(own, Caps.Dollars?.Most ?? decimal.MaxValue) : Caps.Dollars?.Most;

    /// <summary>Said in the log before anything else.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<SettledItem> Settled { get; init; } = [];

    /// <summary>The run's own calls of earlier sessions: a call keeps its number.</summary>
    public IReadOnlyList<CallRecord> Calls { get; init; } = [];

    /// <summary>The run's own questions of earlier sessions.</summary>
    public IReadOnlyList<QuestionRecord> Questions { get; init; } = [];

    /// <summary>Labels of journaled calls, a parent's included.</summary>
    public IReadOnlyDictionary<ItemKey, string> Labels { get; init; } = new Dictionary<ItemKey, string>();

    public IReadOnlyDictionary<string, string> Snapshots { get; init; } = new Dictionary<string, string>();

    public ResumeMarker? Marker { get; init; }

    public long LastEvent { get; init; }

    /// <summary>An earlier session left something.</summary>
    public bool IsResumed { get; init; }

    /// <summary>What the clock shows until the first delivery.</summary>
    public DateTimeOffset ScriptStart => Marker?.ScriptStart ?? Run.CreatedAt;
}
