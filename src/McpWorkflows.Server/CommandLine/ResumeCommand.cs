using System.CommandLine;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>resume ID [--script FILE] [--approve] [--rerun LABEL]… [--answer JSON [--question N]]</c></summary>
internal static class ResumeCommand
{
    public static Command Create(SharedOptions shared)
    {
        var id = new Argument<string>("ID") { Description = "The run's id, as runs lists it." };
        var script = new Option<string?>("--script") { Description = "The edited script.", HelpName = "FILE" };
        var rerun = new Option<string[]>("--rerun") { Description = "Label of agents to run again although they succeeded; may be repeated.", HelpName = "LABEL" };
        var answer = new Option<string?>("--answer") { Description = "Answer to what the run asks: JSON, or plain text.", HelpName = "JSON" };
        var question = new Option<int?>("--question") { Description = "Number of the question, when several are open.", HelpName = "N" };
        var approve = new Option<bool>("--approve") { Description = "Run a plan that waits for approval, or all of what a slice was run of." };
        var budget = new BudgetOption();
        var command = new Command("resume", "Goes on with a run; finished agents are answered from the journal.")
        {
            id, script, approve, rerun, answer, question, shared.Model, shared.Workspace, shared.Dispatch,
        };
        budget.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var workbench = new Workbench(shared.DispatchingBench(parsed));
            var edited = parsed.GetValue(script) is { } file ? ScriptArgument.Load(workbench, file) : null;
            var engine = await workbench.EngineAsync(cancellationToken);
            var runId = parsed.GetRequiredValue(id);
            var before = await engine.GetStatusAsync(runId, cancellationToken);
            var model = parsed.GetValue(shared.Model);
            workbench.Models.Require(model ?? before.Run.Settings.Model);
            var request = new ResumeRun
            {
                RunId = runId,
                Script = edited?.Text,
                FileName = edited?.FileName,
                Model = model,
                Budget = budget.Read(parsed).Tokens,
                BudgetDollars = budget.Read(parsed).Dollars,
                Rerun = parsed.GetValue(rerun) ?? [],
                Approve = parsed.GetValue(approve),
                Answers = Answers(parsed.GetValue(answer), parsed.GetValue(question)),
            };
            if (before.Run.State == RunState.Planned && !request.Approve && edited is null && PersonPrompt.IsPossible)
            {
                PlanPrinter.Write(before, Console.Error);
                request = request with { Approve = PlanPrinter.Approves() };
            }

            if (request.Answers.Count == 0 && before.Run.State == RunState.Waiting && PersonPrompt.IsPossible)
                request = request with { Answers = [.. PersonPrompt.Ask(before.Questions)] };
            request = await MadeUpAnswers.LeaveOutAsync(workbench, request, before, cancellationToken);
            return await RunSession.RunAsync(
                workbench, started => started.ResumeAsync(request, cancellationToken), parsed.GetValue(shared.Json), cancellationToken);
        });
        return command;
    }

    private static IReadOnlyList<QuestionAnswer> Answers(string? answer, int? question)
    {
        if (answer is null && question is not null)
            throw new UsageException("--question needs --answer: write --question 1 --answer '…'.");
        return answer is null ? [] : [new QuestionAnswer(question, PersonPrompt.ToJson(answer))];
    }
}
