using System.CommandLine;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Options of commands that save a workflow.</summary>
internal sealed class SaveOptions
{
    private readonly Option<bool> user = new("--user") { Description = "Save for all your projects, in your home, instead of in this workspace." };

    private readonly Option<bool> force = new("--force") { Description = "Replace a saved workflow of that name." };

    public void AddTo(Command command)
    {
        command.Options.Add(user);
        command.Options.Add(force);
    }

    public bool AnyIn(ParseResult parsed) => parsed.GetValue(user) || parsed.GetValue(force);

    public SaveWorkflow Read(ParseResult parsed, Workbench workbench, string script, string name) => new()
    {
        Script = script,
        Name = name,
        Workspace = workbench.Workspace,
        ForUser = parsed.GetValue(user),
        Overwrite = parsed.GetValue(force),
    };

    /// <summary>How to go on.</summary>
    public static string Next(Workbench workbench, KeptWorkflow kept) =>
        SavedWorkflowText.Hidden(workbench, kept) ?? $"Run it again: mcp-workflows run {kept.Workflow.Name}";

    /// <summary>On stderr: the standard output is for results.</summary>
    public static void Tell(Workbench workbench, KeptWorkflow kept) => Console.Error.WriteLine(
        $"{(kept.Replaced ? "Replaced" : "Saved as")} {SavedWorkflowText.PathOf(workbench, kept)}. {Next(workbench, kept)}");
}
