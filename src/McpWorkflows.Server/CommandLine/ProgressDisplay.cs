using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Shows on stderr how a run goes: one line that renews itself on a terminal, plain lines elsewhere.</summary>
internal sealed class ProgressDisplay : IDisposable
{
    private readonly IDisposable subscription;

    private ProgressDisplay(WorkflowEngine engine, string runId) => subscription = engine.Subscribe(runId, OnEvent);

    public static ProgressDisplay Show(WorkflowEngine engine, string runId) => new(engine, runId);

    public void Dispose() => subscription.Dispose();

    private void OnEvent(RunEvent happened) => Console.Error.WriteLine($"{happened.Kind} {happened.PayloadJson}");
}
