using System.CommandLine;
using System.Text.Json;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>workflows</c></summary>
internal static class WorkflowsCommand
{
    public static Command Create(SharedOptions shared)
    {
        var command = new Command("workflows", "Lists the saved workflows that run can start by name.") { shared.Workspace };
        command.SetAction((parsed, _) =>
        {
            var workbench = new Workbench(shared.Bench(parsed));
            var saved = workbench.Catalog.List(workbench.Workspace);
            List<WorkflowItem> items = [.. saved.Select(workflow =>
                WorkflowItem.Of(workflow, workbench.Workspace, workbench.UserHome, workbench.Policy?.Refuse(workbench.Workspace, workflow.Name)))];
            if (parsed.GetValue(shared.Json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(new WorkflowListReport { Workflows = items }, ReportJson.Indented.WorkflowListReport));
                return Task.FromResult(ExitCodes.Completed);
            }

            if (saved.All(workflow => workflow.Origin == BundledWorkflows.Origin))
                Console.Error.WriteLine("None of your own are saved. Put scripts in .mcpworkflows/workflows or .claude/workflows.");
            foreach (var item in items)
                Console.Out.WriteLine($"{item.Name}  {item.Path}\n    {item.Error ?? item.Description}");
            return Task.FromResult(ExitCodes.Completed);
        });
        return command;
    }
}
