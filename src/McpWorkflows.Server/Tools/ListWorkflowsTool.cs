using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;
using Microsoft.Extensions.Logging;

namespace McpWorkflows.Server.Tools;

/// <summary><c>list_workflows</c></summary>
internal sealed class ListWorkflowsTool(Workbench workbench, ILogger logger) : WorkflowTool("list_workflows", logger)
{
    private const int MaxListed = 30;

    protected override Task<object> AnswerAsync(ToolArguments arguments, ProgressChannel progress, CancellationToken cancellationToken)
    {
        var saved = workbench.Catalog.List(workbench.Workspace);
        var next = saved.Count switch
        {
            > MaxListed => $"Start one by start_workflow with name. {saved.Count - MaxListed} more are saved but not listed.",
            _ => "Start one by start_workflow with name, or write a script. Scripts in .mcpworkflows/workflows or .claude/workflows are listed too.",
        };
        return Task.FromResult<object>(new WorkflowListAnswer
        {
            Workflows = [.. saved.Take(MaxListed).Select(workflow =>
                WorkflowItem.Of(workflow, workbench.Workspace, workbench.UserHome, workbench.Policy?.Refuse(workbench.Workspace, workflow.Name)))],
            Next = next,
        });
    }
}
