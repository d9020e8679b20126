using System.Diagnostics;
using System.Diagnostics.Metrics;
using McpWorkflows.Engine.Telemetry;

namespace McpWorkflows.Journal.Writing;

/// <summary>What the journal's writer measures.</summary>
internal static class CommitInstruments
{
    private static readonly Histogram<double> Duration = WorkflowTelemetry.Meter.CreateHistogram<double>(
        "mcpworkflows.journal.commit.duration", "s", "Time of a commit, its writes and the sync of the disk included.");

    private static readonly Counter<long> Commits = WorkflowTelemetry.Meter.CreateCounter<long>(
        "mcpworkflows.journal.commits", "{commit}", "Commits of the journal.");

    private static readonly Counter<long> Appends = WorkflowTelemetry.Meter.CreateCounter<long>(
        "mcpworkflows.journal.writes", "{write}", "Writes of runs; those that come together share a commit.");

    private static readonly Counter<long> Failures = WorkflowTelemetry.Meter.CreateCounter<long>(
        "mcpworkflows.journal.failures", "{commit}", "Commits that failed, by error.");

    /// <summary>0 when nobody measures.</summary>
    public static long Begin() => Duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    public static void Committed(long began, int writes)
    {
        Commits.Add(1);
        Appends.Add(writes);
        if (began != 0)
            Duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    public static void Failed(Exception error)
    {
        if (Failures.Enabled)
            Failures.Add(1, new KeyValuePair<string, object?>(GenAI.ErrorType, error.GetType().Name));
    }
}
