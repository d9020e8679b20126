using System.Diagnostics.Metrics;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Telemetry;

/// <summary>What the engine measures, over all its runs.</summary>
internal static class RunInstruments
{
    private static readonly UpDownCounter<int> Runs = WorkflowTelemetry.Meter.CreateUpDownCounter<int>(
        "mcpworkflows.runs.active", "{run}", "Runs at work in this process.");

    private static readonly Counter<long> Ended = WorkflowTelemetry.Meter.CreateCounter<long>(
        "mcpworkflows.runs.ended", "{run}", "Sessions of runs that ended, by state.");

    private static readonly UpDownCounter<int> Queue = WorkflowTelemetry.Meter.CreateUpDownCounter<int>(
        "mcpworkflows.agents.queued", "{agent}", "Agents that wait at the gate.");

    private static readonly UpDownCounter<int> AtWork = WorkflowTelemetry.Meter.CreateUpDownCounter<int>(
        "mcpworkflows.agents.running", "{agent}", "Agents at work.");

    private static readonly Histogram<double> Waited = WorkflowTelemetry.Meter.CreateHistogram<double>(
        "mcpworkflows.agent.queue.duration", "s", "Time an agent waited at the gate.");

    private static readonly Histogram<double> Worked = WorkflowTelemetry.Meter.CreateHistogram<double>(
        "mcpworkflows.agent.duration", "s", "Time an agent took, all its attempts included.");

    private static readonly Counter<double> Spent = WorkflowTelemetry.Meter.CreateCounter<double>(
        "mcpworkflows.cost", "USD", "What agents cost, where the price is known.");

    private static int _width;

    // Asked for when it is exported: the gate is there before anybody listens.
    static RunInstruments() => WorkflowTelemetry.Meter.CreateObservableUpDownCounter(
        "mcpworkflows.gate.width", static () => Volatile.Read(ref _width), "{agent}", "Agents that may be at work at a time.");

    public static void RunBegan() => Runs.Add(1);

    public static void RunEnded(string state)
    {
        Runs.Add(-1);
        if (Ended.Enabled)
            Ended.Add(1, new KeyValuePair<string, object?>(GenAI.RunState, state));
    }

    public static void Queued() => Queue.Add(1);

    public static void Unqueued(TimeSpan waited)
    {
        Queue.Add(-1);
        Waited.Record(waited.TotalSeconds);
    }

    public static void Widened(int by) => Interlocked.Add(ref _width, by);

    public static void AgentBegan() => AtWork.Add(1);

    /// <param name="outcome">Null for a call that was cancelled.</param>
    public static void AgentEnded(TimeSpan worked, AgentOutcome? outcome)
    {
        AtWork.Add(-1);
        if (!Worked.Enabled)
            return;

        var model = new KeyValuePair<string, object?>(GenAI.RequestModel, outcome?.Model);
        Worked.Record(worked.TotalSeconds, new(GenAI.AgentOutcome, Outcome(outcome)), model);
        if (outcome?.Cost is { } cost and > 0)
            Spent.Add((double)cost, model);
    }

    /// <summary>An outcome's name in attributes.</summary>
    public static string Outcome(AgentOutcome? outcome) => outcome?.Kind switch
    {
        null => "cancelled",
        AgentOutcomeKind.Succeeded => "succeeded",
        AgentOutcomeKind.Skipped => "skipped",
        AgentOutcomeKind.SchemaUnsatisfied => "schema_unsatisfied",
        AgentOutcomeKind.Stalled => "stalled",
        AgentOutcomeKind.Refused => "refused",
        AgentOutcomeKind.QuotaExhausted => "quota_exhausted",
        _ => "failed",
    };
}
