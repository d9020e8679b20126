using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.Reports;

/// <summary>What is said of a workflow that was saved, to models and at the terminal.</summary>
internal static class SavedWorkflowText
{
    public static string PathOf(Workbench workbench, KeptWorkflow kept) =>
        DisplayPath.Of(kept.Workflow.Path, workbench.Workspace, workbench.UserHome);

    /// <summary>For models.</summary>
    public static string Next(Workbench workbench, KeptWorkflow kept) => Hidden(workbench, kept)
        ?? $"{(kept.Replaced ? "Replaced the one of that name. " : "")}Start it by start_workflow with name '{kept.Workflow.Name}'; users have it as a prompt.";

    /// <summary>Why the name starts another workflow; null when it does not.</summary>
    public static string? Hidden(Workbench workbench, KeptWorkflow kept) => kept.HiddenBy is { } nearer
        ? $"Saved, but '{kept.Workflow.Name}' still starts {WorkflowItem.PathOf(nearer, workbench.Workspace, workbench.UserHome)}, which is nearer: save under another name, or remove that one."
        : null;
}

/// <summary><c>save --json</c>, and the answer of <c>save_workflow</c>.</summary>
internal sealed class WorkflowSavedAnswer
{
    public required string Name { get; init; }

    public required string Path { get; init; }

    public required string Next { get; init; }
}
