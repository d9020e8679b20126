using System.Text;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Planning;

/// <summary>What the planner is told.</summary>
internal sealed class PlannerPrompts(PlanRequest request, IWorkflowCatalog catalog)
{
    private const int MostWorkflows = 30;
    private const int LongestLine = 300;

    public string Instructions { get; } = PromptTemplate.Load("planner.md").Fill(("dialect", PromptTemplate.Load("dialect.md").Text));

    public string Task { get; } = PromptTemplate.Load("planner-goal.md").Fill(
        ("goal", request.Goal),
        ("args", request.ArgsJson ?? "none"),
        ("outline", WorkspaceOutline.Of(request.Workspace)),
        ("workflows", Workflows(catalog, request.Workspace)),
        ("lessons", string.IsNullOrWhiteSpace(request.Lessons) ? "none yet" : request.Lessons));

    public string Repair(string answer, string errors) =>
        PromptTemplate.Load("planner-repair.md").Fill(("task", Task), ("answer", answer), ("errors", errors));

    private static string Workflows(IWorkflowCatalog catalog, string workspace)
    {
        var text = new StringBuilder();
        var saved = catalog.List(workspace);
        foreach (var workflow in saved.Take(MostWorkflows))
        {
            var use = MetaOf(workflow) is { } meta ? $"{meta.Description}{(meta.WhenToUse is null ? "" : $" {meta.WhenToUse}")}" : "(cannot be read)";
            text.Append($"- {workflow.Name}: {(use.Length > LongestLine ? $"{use[..LongestLine]}…" : use).ReplaceLineEndings(" ")}\n");
        }

        return text.Length == 0 ? "none" : text.ToString().TrimEnd();
    }

    private static Scripts.WorkflowMeta? MetaOf(SavedWorkflow workflow)
    {
        try
        {
            return Scripts.WorkflowScript.Parse(workflow.Script, workflow.FileName).Meta;
        }
        catch (Scripts.ScriptRefusedException)
        {
            return null;
        }
    }
}
