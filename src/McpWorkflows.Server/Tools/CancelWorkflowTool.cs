using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;
using Microsoft.Extensions.Logging;

namespace McpWorkflows.Server.Tools;

/// <summary><c>cancel_workflow</c></summary>
internal sealed class CancelWorkflowTool(Workbench workbench, ILogger logger) : WorkflowTool("cancel_workflow", logger)
{
    // A run of another process learns of it by polling; this is the time that needs.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    protected override async Task<object> AnswerAsync(ToolArguments arguments, ProgressChannel progress, CancellationToken cancellationToken)
    {
        var runId = arguments.RequiredText("runId", "Call get_status without arguments to see the latest runs.");
        var engine = await workbench.EngineAsync(cancellationToken);
        if (arguments.Text("agent") is { } agent)
            return await SkipAsync(engine, runId, agent, cancellationToken);
        await engine.CancelAsync(runId, workbench.Lifetime).WaitAsync(cancellationToken);
        return RunAnswers.Summary(await engine.WaitAsync(runId, Grace, cancellationToken));
    }

    private static async Task<object> SkipAsync(WorkflowEngine engine, string runId, string agent, CancellationToken cancellationToken)
    {
        if (await engine.SkipAsync(runId, agent, cancellationToken))
            return RunAnswers.Summary(await engine.GetStatusAsync(runId, cancellationToken));
        var active = (await engine.GetStatusAsync(runId, cancellationToken)).Active;
        var list = active.Count == 0 ? "None is at work in this server." : $"At work: {string.Join(", ", active.Take(10).Select(label => RunReports.Cut(label, 60)))}.";
        throw new ToolInputException($"No agent '{RunReports.Cut(agent, 60)}' of run {runId} is queued or at work. {list}");
    }
}
