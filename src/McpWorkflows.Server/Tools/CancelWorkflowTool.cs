using McpWorkflows.Server.Composition;
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
        await engine.CancelAsync(runId, workbench.Lifetime).WaitAsync(cancellationToken);
        return RunAnswers.Summary(await engine.WaitAsync(runId, Grace, cancellationToken));
    }
}
