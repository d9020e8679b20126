using System.CommandLine;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>cancel ID</c></summary>
internal static class CancelCommand
{
    // The process that owns the run learns of it by polling.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public static Command Create(SharedOptions shared)
    {
        var id = new Argument<string>("ID") { Description = "The run's id, as runs lists it." };
        var command = new Command("cancel", "Cancels a run, whichever process runs it.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var workbench = new Workbench(shared.Bench(parsed));
            var engine = await workbench.EngineAsync(cancellationToken);
            var runId = parsed.GetRequiredValue(id);
            var asked = await engine.CancelAsync(runId, cancellationToken);
            var status = await engine.WaitAsync(runId, Grace, cancellationToken);
            var state = status.Run.State.ToText();
            Console.Error.WriteLine(asked ? $"Run {runId}: {state}." : $"Run {runId} had already ended: {state}.");
            if (parsed.GetValue(shared.Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(RunReports.Of(status), ReportJson.Indented.RunReport));
            return ExitCodes.Completed;
        });
        return command;
    }
}
