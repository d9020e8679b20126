using System.CommandLine;
using System.Text.Json;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>save ID NAME</c></summary>
internal static class SaveCommand
{
    public static Command Create(SharedOptions shared)
    {
        var id = new Argument<string>("ID") { Description = "The run's id, as runs lists it." };
        var name = new Argument<string>("NAME") { Description = "What to save it as." };
        var keep = new SaveOptions();
        var command = new Command("save", "Keeps a run's script as a saved workflow.") { id, name, shared.Workspace };
        keep.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var workbench = new Workbench(shared.Bench(parsed) with { ReadsOnly = true });
            var journal = await workbench.JournalAsync(cancellationToken);
            var runId = parsed.GetRequiredValue(id);
            var run = await journal.FindRunAsync(runId, cancellationToken) ?? throw new RunNotFoundException(runId);
            var kept = workbench.Shelf.Save(keep.Read(parsed, workbench, run.Script, parsed.GetRequiredValue(name)));
            if (parsed.GetValue(shared.Json))
            {
                var answer = new WorkflowSavedAnswer { Name = kept.Workflow.Name, Path = SavedWorkflowText.PathOf(workbench, kept), Next = SaveOptions.Next(workbench, kept) };
                Console.Out.WriteLine(JsonSerializer.Serialize(answer, ReportJson.Indented.WorkflowSavedAnswer));
            }
            else
            {
                SaveOptions.Tell(workbench, kept);
            }

            return ExitCodes.Completed;
        });
        return command;
    }
}
