using System.CommandLine;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>pause ID</c></summary>
internal static class PauseCommand
{
    // The process that owns the run learns of it by polling; its agents may take longer to finish.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public static Command Create(SharedOptions shared)
    {
        var id = new Argument<string>("ID") { Description = "The run's id, as runs lists it." };
        var command = new Command("pause", "Pauses a run, whichever process runs it: agents at work finish, none starts. resume goes on.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var workbench = new Workbench(shared.Bench(parsed));
            var engine = await workbench.EngineAsync(cancellationToken);
            var runId = parsed.GetRequiredValue(id);
            var asked = await engine.PauseAsync(runId, cancellationToken);
            var status = await engine.WaitAsync(runId, asked ? Grace : TimeSpan.Zero, cancellationToken);
            var state = status.Run.State.ToText();
            Console.Error.WriteLine(asked ? $"Run {runId}: {state}. Go on with: mcp-workflows resume {runId}" : $"Run {runId} cannot be paused: it is {state}.");
            if (parsed.GetValue(shared.Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(RunReports.Of(status), ReportJson.Indented.RunReport));
            return ExitCodes.Completed;
        });
        return command;
    }
}
