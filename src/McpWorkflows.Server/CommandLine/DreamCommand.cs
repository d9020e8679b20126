using System.CommandLine;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>dream</c></summary>
internal static class DreamCommand
{
    public static Command Create(SharedOptions shared)
    {
        var budget = new BudgetOption();
        var command = new Command("dream", "Gathers lessons from past runs of this project: what failed, was refuted, wasted or corrected.") { shared.Model, shared.Workspace };
        budget.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var workbench = new Workbench(shared.Bench(parsed));
            workbench.Models.Require(null);
            var ceiling = budget.Read(parsed).Or(workbench.Settings.Budget);
            var report = await DreamAsync(
                workbench, workbench.DreamRequest(workbench.Workspace) with { Budget = ceiling.Tokens, BudgetDollars = ceiling.Dollars }, cancellationToken);
            if (parsed.GetValue(shared.Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(report, ReportJson.Indented.DreamReport));
            return report.State is "nothing_to_learn" or "completed" ? ExitCodes.Completed
                : report.State == "completed_with_failures" ? ExitCodes.CompletedWithFailures
                : ExitCodes.Failed;
        });
        return command;
    }

    /// <summary>After a run, if the settings ask for it; the run's own outcome stands whatever becomes of this.</summary>
    public static async Task AfterRunAsync(Workbench workbench, int exitCode, CancellationToken cancellationToken)
    {
        if (!workbench.Settings.Lessons.After || ModelSetup.IsRehearsal(workbench.Models.Default)
            || exitCode is not (ExitCodes.Completed or ExitCodes.CompletedWithFailures or ExitCodes.Failed))
        {
            return;
        }

        try
        {
            await DreamAsync(workbench, workbench.DreamRequest(workbench.Workspace), cancellationToken, tellNothing: false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException && UserMessage.Of(failure) is not null)
        {
            Console.Error.WriteLine($"warning: lessons could not be gathered: {UserMessage.Of(failure)}");
        }
    }

    /// <summary>Gathers lessons in the foreground, with its course and outcome on stderr.</summary>
    public static async Task<DreamReport> DreamAsync(Workbench workbench, DreamRequest request, CancellationToken cancellationToken, bool tellNothing = true)
    {
        var dreams = await workbench.DreamsAsync(cancellationToken);
        var begun = await dreams.BeginAsync(request, cancellationToken);
        if (begun.RunId is not { } runId)
        {
            var nothing = begun.Start == DreamStart.NothingToLearn;
            if (nothing && tellNothing)
                Console.Error.WriteLine("Nothing new to learn: no run since the last time had failures, refutations, waste or corrections.");
            else if (!nothing)
                Console.Error.WriteLine("Another process has just begun to gather lessons.");
            return new DreamReport { State = nothing ? "nothing_to_learn" : RunState.Running.ToText() };
        }

        Console.Error.WriteLine(begun.Start switch
        {
            DreamStart.Started => $"Gathers lessons from {begun.Runs} {(begun.Runs == 1 ? "run" : "runs")} …",
            DreamStart.Resumed => "Goes on with what was cut off …",
            _ => "Another process gathers lessons; waits for it …",
        });
        var engine = await workbench.EngineAsync(cancellationToken);
        DreamEnded ended;
        await using (await ProgressDisplay.ShowAsync(engine, runId, cancellationToken))
            ended = await dreams.FinishAsync(request.Workspace, runId, cancellationToken);
        Tell(ended);
        return Report(ended);
    }

    private static void Tell(DreamEnded ended)
    {
        var run = ended.Status.Run;
        Console.Error.WriteLine(ended switch
        {
            { Changes: { } changes } =>
                $"{changes.Added} new, {changes.Changed} changed, {changes.Retired} given up"
                + $"{(changes.Refused > 0 ? $", {changes.Refused} refused (without evidence, or deleted by you before)" : "")}. See them: mcp-workflows lessons",
            _ when run.Totals.Rehearsed => "Rehearsed: the lessons were made up, so none was kept.",
            _ when run.State is RunState.Completed or RunState.CompletedWithFailures => "Another process took the lessons in.",
            _ => $"No lessons: the run is {run.State.ToText()}. {run.Error} Try again: mcp-workflows dream",
        });
    }

    private static DreamReport Report(DreamEnded ended) => new()
    {
        State = ended.Status.Run.State.ToText(),
        RunId = ended.Status.Run.Id,
        Error = ended.Status.Run.Error,
        Added = ended.Changes?.Added,
        Changed = ended.Changes?.Changed,
        Retired = ended.Changes?.Retired,
        Refused = ended.Changes?.Refused,
        Rehearsed = ended.Status.Run.Totals.Rehearsed ? true : null,
        Usage = RunReports.Of(ended.Status).Usage,
    };
}
