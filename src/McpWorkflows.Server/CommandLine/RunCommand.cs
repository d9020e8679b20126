using System.CommandLine;
using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>run FILE|NAME</c> or <c>run --goal TEXT</c></summary>
internal static class RunCommand
{
    public static Command Create(SharedOptions shared)
    {
        var script = new Argument<string?>("FILE|NAME")
        {
            Description = "A script file, or the name of a saved workflow.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var args = ArgsOption.Create();
        var goal = new Option<string?>("--goal") { Description = "The job in words: a planner writes the script.", HelpName = "TEXT" };
        var budget = new BudgetOption();
        var save = new SavedRun();
        var command = new Command("run", "Runs a workflow to its end and prints its result.")
        {
            script, args, goal, shared.Model, shared.Workspace,
        };
        budget.AddTo(command);
        save.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = shared.Bench(parsed);
            await using var workbench = new Workbench(options);
            var request = await RequestAsync(
                workbench, parsed.GetValue(script), parsed.GetValue(goal), await ArgsOption.ReadAsync(parsed.GetValue(args), cancellationToken), cancellationToken);
            var ceiling = budget.Read(parsed).Or(workbench.Settings.Budget);
            var kept = save.Read(parsed, workbench, request.Script);
            string? runId = null;
            var exitCode = await RunSession.RunAsync(
                workbench,
                async engine => runId = await engine.StartAsync(request with { Budget = ceiling.Tokens, BudgetDollars = ceiling.Dollars }, cancellationToken),
                parsed.GetValue(shared.Json),
                cancellationToken);
            SavedRun.Keep(workbench, kept, runId!, exitCode);
            await DreamCommand.AfterRunAsync(workbench, exitCode, cancellationToken);
            return exitCode;
        });
        return command;
    }

    private static async Task<StartRun> RequestAsync(
        Workbench workbench, string? script, string? goal, string? argsJson, CancellationToken cancellationToken)
    {
        if (script is null == goal is null)
            throw new UsageException("Give either a script (FILE or NAME) or --goal TEXT.");

        // The journal opens while the script is read and parsed.
        if (workbench.Models.IsReady)
            workbench.Warm();

        // The script first: whoever has a typo in it should hear of that before being asked for a key.
        var found = script is null ? null : ScriptArgument.Load(workbench, script);
        workbench.Models.Require(null);
        found ??= await PlanAsync(workbench, goal!, argsJson, cancellationToken);
        foreach (var warning in found.Warnings)
            Console.Error.WriteLine($"warning: {warning.FileName}:{warning.Line}:{warning.Column}: {warning.Message}");
        return new StartRun
        {
            Script = found.Text,
            FileName = found.FileName,
            ArgsJson = argsJson,
            Goal = goal,
            Model = workbench.Models.Default,
            Workspace = workbench.Workspace,
        };
    }

    private static async Task<WorkflowScript> PlanAsync(Workbench workbench, string goal, string? argsJson, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("The planner writes a script for the goal …");
        var plan = await workbench.PlanAsync(
            new PlanRequest { Goal = goal, ArgsJson = argsJson, Model = workbench.Models.Default, Workspace = workbench.Workspace },
            cancellationToken);
        Console.Error.WriteLine(
            $"planned: {plan.Script.Meta.Name} ({plan.Script.Meta.Description}); {plan.Usage.InputTokens} input and {plan.Usage.OutputTokens} output tokens");
        return plan.Script;
    }
}
