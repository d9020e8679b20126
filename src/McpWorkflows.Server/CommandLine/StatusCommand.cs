using System.CommandLine;
using System.Text.Json;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>status ID</c></summary>
internal static class StatusCommand
{
    public static Command Create(SharedOptions shared)
    {
        var id = new Argument<string>("ID") { Description = "The run's id, as runs lists it." };
        var command = new Command("status", "Shows a run and its result.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var workbench = new Workbench(shared.Bench(parsed) with { ReadsOnly = true });
            var engine = await workbench.EngineAsync(cancellationToken);
            var status = await LiveRuns.StatusAsync(engine, parsed.GetRequiredValue(id), cancellationToken);
            if (parsed.GetValue(shared.Json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(RunReports.Of(status), ReportJson.Indented.RunReport));
                return ExitCodes.Of(status.Run.State);
            }

            RunPrinter.Summarize(status, Console.Out);
            var elsewhere = LiveRuns.IsElsewhere(status);
            foreach (var phase in status.Phases)
                Console.Out.WriteLine($"  {phase.Title}: {phase.Done}{(elsewhere ? "" : $" of {phase.Agents}")} done{(phase.Failed > 0 ? $", {phase.Failed} failed" : "")}");
            if (status.Run.ResultJson is { } result)
                Console.Out.WriteLine(RunPrinter.Pretty(result));
            return ExitCodes.Of(status.Run.State);
        });
        return command;
    }
}
