using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Server.Reports;

/// <summary>A saved workflow, as lists show it.</summary>
internal sealed class WorkflowItem
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public string? WhenToUse { get; init; }

    public IReadOnlyList<string>? Phases { get; init; }

    /// <summary>From the workspace, or <c>~/…</c>, or <c>(bundled)</c>; never an absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>Why it cannot be started.</summary>
    public string? Error { get; init; }

    /// <summary>Where it lies, for people.</summary>
    public static string PathOf(SavedWorkflow workflow, string workspace, string userHome) =>
        workflow.Origin == BundledWorkflows.Origin ? "(bundled)" : DisplayPath.Of(workflow.Path, workspace, userHome);

    /// <param name="refusal">What a policy says against it; null for nothing.</param>
    public static WorkflowItem Of(SavedWorkflow workflow, string workspace, string userHome, string? refusal = null)
    {
        var path = PathOf(workflow, workspace, userHome);
        try
        {
            var meta = WorkflowScript.Parse(workflow.Script, workflow.FileName).Meta;
            return new WorkflowItem
            {
                Name = workflow.Name,
                Description = RunReports.Cut(meta.Description, 300),
                WhenToUse = meta.WhenToUse is null ? null : RunReports.Cut(meta.WhenToUse, 300),
                Phases = meta.Phases.Count == 0 ? null : [.. meta.Phases.Take(12).Select(phase => phase.Title)],
                Path = path,
                Error = refusal,
            };
        }
        catch (ScriptRefusedException fault)
        {
            return new WorkflowItem
            {
                Name = workflow.Name,
                Description = "(cannot be started)",
                Path = path,
                Error = RunReports.Cut(fault.Message, 400),
            };
        }
    }
}
