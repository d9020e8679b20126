using System.CommandLine;
using System.Text.Json;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>status ID [--watch]</c></summary>
internal static class StatusCommand
{
    public static Command Create(SharedOptions shared)
    {
        var id = new Argument<string>("ID") { Description = "The run's id, as runs lists it." };
        var watch = new Option<bool>("--watch") { Description = "Show the run live, whichever process it is in, until it ends or waits for a person." };
        var command = new Command("status", "Shows a run and its result.") { id, watch };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var workbench = new Workbench(shared.Bench(parsed) with { ReadsOnly = true });
            var engine = await workbench.EngineAsync(cancellationToken);
            var runId = parsed.GetRequiredValue(id);
            if (parsed.GetValue(watch) && !await RunWatching.ShowAsync(engine, await workbench.JournalAsync(cancellationToken), runId, cancellationToken))
            {
                await Console.Error.WriteLineAsync("Stopped watching; the run goes on.");
                return ExitCodes.NotEnded;
            }

            return Print(await LiveRuns.StatusAsync(engine, runId, CancellationToken.None), parsed.GetValue(shared.Json));
        });
        return command;
    }

    private static int Print(RunStatus status, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(RunReports.Of(status), ReportJson.Indented.RunReport));
            return ExitCodes.Of(status.Run.State);
        }

        RunPrinter.Summarize(status, Console.Out);
        var elsewhere = LiveRuns.IsElsewhere(status);
        foreach (var phase in status.Phases)
            Console.Out.WriteLine($"  {Live.TerminalText.Line(phase.Title)}: {phase.Done}{(elsewhere ? "" : $" of {phase.Agents}")} done{(phase.Failed > 0 ? $", {phase.Failed} failed" : "")}");
        if (status.Run.ResultJson is { } result)
            RunPrinter.PrintResult(result);
        return ExitCodes.Of(status.Run.State);
    }
}
