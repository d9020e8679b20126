using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Adds up what calls took. A run's totals hold what the run itself paid: answers from the journal were paid by whoever
/// ran them. Its ceilings count what was delivered, answers from the journal too, like <c>budget.spent()</c>, so that a
/// replay stops where the run did.
/// </summary>
internal static class RunCost
{
    /// <summary>The totals with what one more outcome took.</summary>
    public static RunTotals Plus(this RunTotals totals, AgentOutcome outcome) => totals with
    {
        InputTokens = totals.InputTokens + outcome.Usage.InputTokens,
        OutputTokens = totals.OutputTokens + outcome.Usage.OutputTokens,
        Cost = outcome.Cost is { } cost ? (totals.Cost ?? 0) + cost : totals.Cost,
        UnpricedCalls = totals.UnpricedCalls + (outcome.IsUnpriced() ? 1 : 0),
    };

    /// <summary>The earlier part of what a run took, where there are two readings of it.</summary>
    public static RunTotals PaidOf(RunTotals totals) => new()
    {
        InputTokens = totals.InputTokens,
        OutputTokens = totals.OutputTokens,
        Cost = totals.Cost,
        UnpricedCalls = totals.UnpricedCalls,
        DurationMs = totals.DurationMs,
    };

    /// <summary>With a call that stands for so many of the whole run.</summary>
    public static WholeEstimate Plus(this WholeEstimate whole, AgentOutcome outcome, double weight) => new()
    {
        Agents = whole.Agents + weight,
        InputTokens = whole.InputTokens + (weight * outcome.Usage.InputTokens),
        OutputTokens = whole.OutputTokens + (weight * outcome.Usage.OutputTokens),
        Cost = outcome.Cost is { } cost ? (whole.Cost ?? 0) + (cost * (decimal)weight) : whole.Cost,
    };

    public static decimal? Most(decimal? left, decimal? right) => left is null || right is null ? left ?? right : Math.Max(left.Value, right.Value);

    /// <summary>In the unit of the script's side, which has no decimals.</summary>
    public static long MicroDollars(decimal dollars) => (long)Math.Round(dollars * 1_000_000m);

    private static bool IsUnpriced(this AgentOutcome outcome) => outcome.Cost is null && outcome.Usage is not { InputTokens: 0, OutputTokens: 0 };
}
