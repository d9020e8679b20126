using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.Reports;

/// <summary>
/// Runs that are at work in another process or died in one. Their totals are written when a run changes its state; until
/// then what they have done must be counted from their calls, and their time from their start.
/// </summary>
internal static class LiveRuns
{
    /// <summary>Newest first.</summary>
    public static async Task<IReadOnlyList<RunRecord>> ListAsync(WorkflowEngine engine, int limit, CancellationToken cancellationToken)
    {
        var runs = new List<RunRecord>();
        foreach (var run in await engine.ListAsync(limit, cancellationToken))
            runs.Add(run.State is RunState.Running or RunState.Interrupted ? (await StatusAsync(engine, run.Id, cancellationToken)).Run : run);
        return runs;
    }

    /// <summary>Throws <see cref="RunNotFoundException"/>.</summary>
    public static async Task<RunStatus> StatusAsync(WorkflowEngine engine, string runId, CancellationToken cancellationToken) =>
        Timed(await engine.GetStatusAsync(runId, cancellationToken), DateTimeOffset.UtcNow);

    public static RunStatus Timed(RunStatus status, DateTimeOffset now)
    {
        var run = status.Run;
        if (run.State != RunState.Running || run.Totals.DurationMs > 0)
            return status;
        var elapsed = Math.Max(0, (long)(now - run.CreatedAt).TotalMilliseconds);
        return status with { Run = run with { Totals = run.Totals with { DurationMs = elapsed } } };
    }

    /// <summary>Only finished calls are known: how many there are to be is not.</summary>
    public static bool IsElsewhere(RunStatus status) =>
        status.Run.State is RunState.Running or RunState.Interrupted && status.Active.Count == 0 && status.Queued == 0;
}
