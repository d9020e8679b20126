using System.CommandLine;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Planning;

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
        var planOnly = new Option<bool>("--plan-only") { Description = "Show the plan and store it; resume ID --approve runs it." };
        var approve = new Option<bool>("--approve") { Description = "Run the planner's script at once, whatever its size." };
        var slice = new Option<bool>("--slice") { Description = $"First run {PlanDesk.SliceItems} items of every fan-out, and tell what the whole would cost." };
        var budget = new BudgetOption();
        var save = new SavedRun();
        var command = new Command("run", "Runs a workflow to its end and prints its result.")
        {
            script, args, goal, planOnly, approve, slice, shared.Model, shared.Workspace, shared.Dispatch,
        };
        budget.AddTo(command);
        save.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = shared.DispatchingBench(parsed);
            await using var workbench = new Workbench(options);
            var wanted = new Wanted(parsed.GetValue(planOnly), parsed.GetValue(approve), parsed.GetValue(slice), parsed.GetValue(shared.Json));
            if (wanted.PlanOnly && (wanted.Approve || wanted.Slice))
                throw new UsageException("--plan-only runs nothing: leave out --approve and --slice.");
            var (request, plan) = await RequestAsync(
                workbench, parsed.GetValue(script), parsed.GetValue(goal), await ArgsOption.ReadAsync(parsed.GetValue(args), cancellationToken), cancellationToken);
            var ceiling = budget.Read(parsed).Or(workbench.Settings.Budget);
            request = request with { Budget = ceiling.Tokens, BudgetDollars = ceiling.Dollars };
            var kept = save.Read(parsed, workbench, request.Script);
            if (plan is null && (wanted.PlanOnly || wanted.Slice))
                plan = await workbench.Plans.ExamineAsync(WorkflowScript.Parse(request.Script, request.FileName), request.ArgsJson, request.Model, cancellationToken);
            var (runId, exitCode) = plan is null
                ? await RunAsync(workbench, request, wanted, cancellationToken)
                : await RunPlanAsync(workbench, request, plan, wanted, cancellationToken);
            SavedRun.Keep(workbench, kept, runId, exitCode);
            await DreamCommand.AfterRunAsync(workbench, exitCode, cancellationToken);
            return exitCode;
        });
        return command;
    }

    private static async Task<(string RunId, int ExitCode)> RunAsync(Workbench workbench, StartRun request, Wanted wanted, CancellationToken cancellationToken)
    {
        string? runId = null;
        var exitCode = await RunSession.RunAsync(
            workbench, async engine => runId = await engine.StartAsync(request, cancellationToken), wanted.Json, cancellationToken);
        return (runId!, exitCode);
    }

    private static async Task<(string RunId, int ExitCode)> RunPlanAsync(
        Workbench workbench, StartRun request, WorkflowPlan plan, Wanted wanted, CancellationToken cancellationToken)
    {
        // Stored before anybody is asked: what the planner took must not be lost with an interrupt.
        var waits = wanted.PlanOnly ? "Nothing was run." : wanted.Slice ? null : workbench.Plans.WaitsBecause(plan, wanted.Approve ? true : null);
        request = request with { Hold = waits is not null, Slice = wanted.Slice ? PlanDesk.SliceItems : null };
        var started = await workbench.Plans.StartAsync(request, plan, cancellationToken);
        PlanPrinter.Write(started, waits, Console.Error);
        var exitCode = await RunSession.RunAsync(workbench, _ => Task.FromResult(started.RunId), wanted.Json, cancellationToken);
        if (exitCode == ExitCodes.NotEnded && !wanted.PlanOnly && !wanted.Json && PersonPrompt.IsPossible
            && await IsPlannedAsync(workbench, started.RunId, cancellationToken) && PlanPrinter.Approves())
        {
            exitCode = await RunSession.RunAsync(
                workbench, engine => engine.ResumeAsync(new ResumeRun { RunId = started.RunId, Approve = true }, cancellationToken), json: false, cancellationToken);
        }

        return (started.RunId, exitCode);
    }

    private static async Task<bool> IsPlannedAsync(Workbench workbench, string runId, CancellationToken cancellationToken) =>
        (await (await workbench.EngineAsync(cancellationToken)).GetStatusAsync(runId, cancellationToken)).Run.State == RunState.Planned;

    private static async Task<(StartRun Request, WorkflowPlan? Plan)> RequestAsync(
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
        var planned = found is null ? await PlanAsync(workbench, goal!, argsJson, cancellationToken) : null;
        found ??= planned!.Script;
        foreach (var warning in found.Warnings)
            Console.Error.WriteLine($"warning: {warning.FileName}:{warning.Line}:{warning.Column}: {warning.Message}");
        var request = new StartRun
        {
            Script = found.Text,
            FileName = found.FileName,
            ArgsJson = argsJson,
            Goal = goal,
            Model = workbench.Models.Default,
            Workspace = workbench.Workspace,
            SavedAs = script is null || File.Exists(Path.GetFullPath(script)) ? null : script,
        };
        return (request, planned?.Plan);
    }

    private static async Task<PlannedWorkflow> PlanAsync(Workbench workbench, string goal, string? argsJson, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync("The planner writes a script for the goal …");
        var plan = await workbench.Plans.PlanAsync(
            new PlanRequest { Goal = goal, ArgsJson = argsJson, Model = workbench.Models.Default, Workspace = workbench.Workspace },
            cancellationToken);
        var rounds = plan.Rounds == 1 ? "one round" : $"{plan.Rounds} rounds";
        await Console.Error.WriteLineAsync($"planned: {plan.Script.Meta.Name}, in {rounds}; {plan.Usage.InputTokens} input and {plan.Usage.OutputTokens} output tokens");
        return plan;
    }

    /// <summary>What the command line says about the plan.</summary>
    private sealed record Wanted(bool PlanOnly, bool Approve, bool Slice, bool Json);
}
