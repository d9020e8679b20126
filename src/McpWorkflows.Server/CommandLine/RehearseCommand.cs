using System.CommandLine;
using System.Text.Json;
using McpWorkflows.Agents.Schemas;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>rehearse FILE</c>: runs the script on made-up answers, in memory, and tells what a real run would ask.</summary>
internal static class RehearseCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static Command Create(SharedOptions shared)
    {
        var file = new Argument<string>("FILE") { Description = "A script file, or the name of a saved workflow." };
        var args = ArgsOption.Create();
        var command = new Command("rehearse", "Runs a script on made-up answers, free of charge, and tells what a real run would ask.")
        {
            file, args, shared.Workspace,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var workbench = new Workbench(shared.Bench(parsed) with { InMemory = true, Model = ModelSetup.Rehearsal });
            var script = ScriptArgument.Load(workbench, parsed.GetRequiredValue(file));
            var report = await RehearseAsync(workbench, script, await ArgsOption.ReadAsync(parsed.GetValue(args), cancellationToken), cancellationToken);
            if (parsed.GetValue(shared.Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(report, ReportJson.Indented.RehearsalReport));
            else
                RehearsalPrinter.Print(report, Console.Out);
            return report.State == RunState.Completed.ToText() ? ExitCodes.Completed
                : report.State == RunState.CompletedWithFailures.ToText() ? ExitCodes.CompletedWithFailures
                : ExitCodes.Failed;
        });
        return command;
    }

    private static async Task<RehearsalReport> RehearseAsync(
        Workbench workbench, WorkflowScript script, string? argsJson, CancellationToken cancellationToken)
    {
        var engine = await workbench.EngineAsync(cancellationToken);
        var request = new StartRun
        {
            Script = script.Text,
            FileName = script.FileName,
            ArgsJson = argsJson,
            Model = ModelSetup.Rehearsal,
            Workspace = workbench.Workspace,
        };
        var runId = await engine.StartAsync(request, cancellationToken);
        var status = await engine.WaitAsync(runId, Longest, cancellationToken);
        while (status.Run.State == RunState.Waiting && status.Questions is [var question, ..])
        {
            // Nobody is asked in a rehearsal.
            var answer = question.DefaultJson ?? AnswerSchemas.MakeUp(question.SchemaJson);
            await engine.ResumeAsync(new ResumeRun { RunId = runId, Answers = [new QuestionAnswer(question.Number, answer)] }, cancellationToken);
            status = await engine.WaitAsync(runId, Longest, cancellationToken);
        }

        var calls = await (await workbench.JournalAsync(cancellationToken)).ReadCallsAsync(runId, cancellationToken);
        return Report(script, status, calls);
    }

    private static RehearsalReport Report(WorkflowScript script, RunStatus status, IReadOnlyList<CallRecord> calls) => new()
    {
        Name = script.Meta.Name,
        State = status.Run.State.ToText(),
        Error = status.Run.Error,
        Agents = calls.Count,
        PromptChars = calls.Sum(call => (long)call.Prompt.Length),
        Phases =
        [
            .. calls.GroupBy(call => call.Phase ?? "(no phase)").Select(group => new RehearsedPhase
            {
                Title = group.Key,
                Agents = group.Count(),
                WithSchema = group.Count(call => call.Options.SchemaJson is not null),
                PromptChars = group.Sum(call => (long)call.Prompt.Length),
            }),
        ],
        Calls =
        [
            .. calls.Select(call => new RehearsedCall
            {
                Label = call.Label,
                Phase = call.Phase,
                PromptChars = call.Prompt.Length,
                Schema = call.Options.SchemaJson is not null,
                Model = call.Options.Model,
            }),
        ],
        Warnings = [.. script.Warnings.Select(warning => new ScriptFinding { Line = warning.Line, Column = warning.Column, Message = warning.Message })],
        Failures = [.. status.Failures.Select(failure => RunReports.Failure(failure, 500))],
    };
}
