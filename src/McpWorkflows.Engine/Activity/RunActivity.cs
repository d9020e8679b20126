using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Activity;

/// <summary>
/// What goes on in a run of this process at a moment. It lives in memory only and may skip what was soon over; what
/// happened for good is in the journal's events.
/// </summary>
public sealed record RunActivity
{
    public required string RunId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Agents in flight, by number.</summary>
    public required IReadOnlyList<AgentActivity> Running { get; init; }

    /// <summary>Calls that wait at the gate or before a spent quota.</summary>
    public required int Queued { get; init; }

    /// <summary>Live census and cost; durations are not counted here.</summary>
    public required RunTotals Totals { get; init; }

    /// <summary>The gate over time, oldest first; of a watched run only what came since the last picture.</summary>
    public required IReadOnlyList<GateSample> Gate { get; init; }
}

/// <summary>The gate at the end of a stretch of time.</summary>
/// <param name="Width">Agents that may be in flight over all runs of this process.</param>
/// <param name="Allowed">What the providers that are asked let through at once; null where none has set a limit.</param>
/// <param name="InUse">Agents in flight over all runs of this process.</param>
/// <param name="Running">Of them, this run's.</param>
/// <param name="Queued">This run's calls that wait.</param>
/// <param name="OutputTokens">This run's so far.</param>
public sealed record GateSample(DateTimeOffset At, int Width, int? Allowed, int InUse, int Running, int Queued, long OutputTokens);
