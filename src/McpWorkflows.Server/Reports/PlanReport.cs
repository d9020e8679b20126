using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.Reports;

/// <summary>A plan, for whoever is to approve it.</summary>
internal sealed class PlanReport
{
    private const int LongestLine = 400;

    /// <summary>The plan in lines to be shown.</summary>
    public required IReadOnlyList<string> Summary { get; init; }

    public required PlanRange Agents { get; init; }

    /// <summary>US dollars; absent where a price is not known.</summary>
    public PlanCost? Cost { get; init; }

    /// <summary>The script with the plan before it, from the workspace.</summary>
    public string? File { get; init; }

    /// <summary>Why there is no file.</summary>
    public string? Note { get; init; }

    /// <summary>Why it does not run at once.</summary>
    public string? WaitsBecause { get; init; }

    public static PlanReport Of(WorkflowPlan plan, string? file, string? note = null, string? waitsBecause = null) => new()
    {
        Summary = [.. PlanText.Lines(plan).Select(line => RunReports.Cut(line, LongestLine))],
        Agents = plan.Agents,
        Cost = plan.Cost,
        File = file,
        Note = note,
        WaitsBecause = waitsBecause,
    };

    /// <summary>Of a run that has one; null for others.</summary>
    public static PlanReport? Of(RunStatus status) => status.Plan is { } plan
        ? Of(plan, PlanFile.Find(status.Run.Settings.Workspace, status.Run.Id, plan.Name))
        : null;
}

/// <summary>What the whole would take, by what the slice of it took that was run.</summary>
internal sealed class SliceReport
{
    /// <summary>Items of each fan-out that were run.</summary>
    public required int Items { get; init; }

    public required long WholeAgents { get; init; }

    public required long WholeInputTokens { get; init; }

    public required long WholeOutputTokens { get; init; }

    /// <summary>US dollars; absent where a price is not known.</summary>
    public decimal? WholeCost { get; init; }

    /// <summary>Null unless the run is one on a slice.</summary>
    public static SliceReport? Of(RunRecord run) => run.Settings.Slice is { } items && run.Totals.Whole is { } whole
        ? new SliceReport
        {
            Items = items,
            WholeAgents = (long)Math.Round(whole.Agents),
            WholeInputTokens = (long)Math.Round(whole.InputTokens),
            WholeOutputTokens = (long)Math.Round(whole.OutputTokens),
            WholeCost = run.Totals.UnpricedCalls == 0 && !run.Totals.Rehearsed && whole.Cost is { } cost ? decimal.Round(cost, 4) : null,
        }
        : null;
}
