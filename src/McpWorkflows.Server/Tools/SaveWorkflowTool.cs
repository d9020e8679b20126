using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;
using Microsoft.Extensions.Logging;

namespace McpWorkflows.Server.Tools;

/// <summary><c>save_workflow</c></summary>
internal sealed class SaveWorkflowTool(Workbench workbench, ILogger logger) : WorkflowTool("save_workflow", logger)
{
    protected override async Task<object> AnswerAsync(ToolArguments arguments, ProgressChannel progress, CancellationToken cancellationToken)
    {
        var runId = arguments.RequiredText("runId", "Call get_status without arguments to see the latest runs.");
        var name = arguments.RequiredText("name", "Say what to save the workflow as.");
        var scope = arguments.Text("scope") ?? "project";
        if (scope is not ("project" or "user"))
            throw new ToolInputException($"'scope' must be project or user, not '{RunReports.Cut(scope, 40)}'.");

        var journal = await workbench.JournalAsync(cancellationToken);
        var run = await journal.FindRunAsync(runId, cancellationToken) ?? throw new RunNotFoundException(runId);
        var kept = workbench.Shelf.Save(new SaveWorkflow
        {
            Script = run.Script,
            Name = name,
            Description = arguments.Text("description"),
            Workspace = workbench.Workspace,
            ForUser = scope == "user",
            Overwrite = arguments.Flag("overwrite") == true,
        });
        return new WorkflowSavedAnswer
        {
            Name = kept.Workflow.Name,
            Path = SavedWorkflowText.PathOf(workbench, kept),
            Next = SavedWorkflowText.Next(workbench, kept),
        };
    }
}
