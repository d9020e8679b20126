using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.Reports;

/// <summary>Looks at a run that may be in another process, and lets that process know, so that it says what its agents do.</summary>
internal sealed class Onlooker(WorkflowEngine engine, string runId, TimeProvider time)
{
    /// <summary>Less than half of the time for which the word counts.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(8);

    private long? saidAt;

    /// <summary>To be called again and again while somebody looks; mostly does nothing.</summary>
    public async Task LookAsync(RunState state, CancellationToken cancellationToken)
    {
        if (state != RunState.Running || (saidAt is { } at && time.GetElapsedTime(at) < Interval))
            return;

        saidAt = time.GetTimestamp();
        try
        {
            await engine.WatchAsync(runId, cancellationToken);
        }
        catch (JournalException)
        {
            // A journal that may only be read, or is busy: one sees less, and nothing else is lost.
        }
    }
}
