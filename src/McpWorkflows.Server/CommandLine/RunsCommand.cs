using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>runs</c></summary>
internal static class RunsCommand
{
    private const int Listed = 50;

    public static Command Create(SharedOptions shared)
    {
        var command = new Command("runs", "Lists runs, newest first.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var workbench = new Workbench(shared.Bench(parsed) with { ReadsOnly = true });
            var engine = await workbench.EngineAsync(cancellationToken);
            var runs = await LiveRuns.ListAsync(engine, Listed, cancellationToken);
            if (parsed.GetValue(shared.Json))
            {
                var report = new RunListReport { Runs = [.. runs.Select(RunListItem.Of)] };
                Console.Out.WriteLine(JsonSerializer.Serialize(report, ReportJson.Indented.RunListReport));
                return ExitCodes.Completed;
            }

            if (runs.Count == 0)
                Console.Error.WriteLine("No runs yet. Start one with: mcp-workflows run FILE");
            foreach (var run in runs)
            {
                var started = run.CreatedAt.LocalDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
                Console.Out.WriteLine($"{run.Id}  {started}  {run.State.ToText(),-23}  {run.Totals.Agents,5} {(run.Totals.Agents == 1 ? "agent " : "agents")}  {run.Name}");
            }

            return ExitCodes.Completed;
        });
        return command;
    }
}
