using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Planning;
using McpWorkflows.Server.Reports;
using McpWorkflows.Server.Settings;
using Microsoft.Extensions.Logging;

namespace McpWorkflows.Server.Tools;

/// <summary><c>start_workflow</c></summary>
internal sealed class StartWorkflowTool(Workbench workbench, RunWatch watch, ILogger logger) : WorkflowTool("start_workflow", logger)
{
    private static readonly string[] Sources = ["name", "script", "scriptPath", "goal"];

    protected override async Task<object> AnswerAsync(ToolArguments arguments, ProgressChannel progress, CancellationToken cancellationToken)
    {
        var given = Sources.Where(source => arguments.Text(source) is not null).ToList();
        if (given.Count != 1)
        {
            throw new ToolInputException(
                $"Give exactly one of name, script, scriptPath, goal; {(given.Count == 0 ? "none was given" : $"given were {string.Join(", ", given)}")}.");
        }

        var wait = arguments.Wait();
        var wanted = new Wanted(arguments.Budget(), arguments.Text("model"), arguments.Flag("approve"), arguments.Flag("slice") == true);

        // The script first: its typo is what the caller can repair, a missing key is not.
        var script = given[0] == "goal" ? null : workbench.Scripts.Load(given[0], arguments.Text(given[0])!);
        workbench.Models.Require(wanted.Model);

        // From here on the server's own token: a client that gives up waiting must find the run started all the same.
        var start = StartAsync(script, given[0] == "name" ? arguments.Text("name") : null, arguments, wanted, progress, workbench.Lifetime);
        var (runId, started, plan) = await start.WaitAsync(cancellationToken);
        var status = await watch.WaitAsync(await workbench.EngineAsync(cancellationToken), runId, wait, progress, cancellationToken);
        var planner = plan?.Planned.Planner is { } cost ? new UsageReport { InputTokens = cost.InputTokens, OutputTokens = cost.OutputTokens, Cost = cost.Cost } : null;
        return RunAnswers.Started(
            status,
            [.. started.Warnings.Select(warning => $"{warning.Line}:{warning.Column}: {warning.Message}")],
            planner,
            plan is null ? null : PlanReport.Of(plan.Planned, plan.Started.File, plan.Started.Problem, plan.WaitsBecause));
    }

    private async Task<(string RunId, WorkflowScript Script, Plan? Plan)> StartAsync(
        WorkflowScript? given, string? savedAs, ToolArguments arguments, Wanted wanted, ProgressChannel progress, CancellationToken cancellationToken)
    {
        var goal = arguments.Text("goal");
        var model = wanted.Model ?? workbench.Models.Default;
        var planned = given is null ? await PlanAsync(goal!, arguments, model, progress, cancellationToken) : null;
        var script = given ?? planned!.Script;
        // A caller may lower the ceiling that the settings set; raising it is the user's business.
        var ceiling = wanted.Budget.Within(workbench.Settings.Budget);
        var request = new StartRun
        {
            Script = script.Text,
            FileName = script.FileName,
            ArgsJson = arguments.Json("args"),
            Goal = goal,
            Model = model,
            Workspace = workbench.Workspace,
            Budget = ceiling.Tokens,
            BudgetDollars = ceiling.Dollars,
            SavedAs = savedAs,
            Slice = wanted.Slice ? PlanDesk.SliceItems : null,
        };
        // Whoever wrote the script knows what it does, and gets a plan only on request.
        if (planned is null && wanted is { Approve: not false, Slice: false })
            return (await (await workbench.EngineAsync(cancellationToken)).StartAsync(request, cancellationToken), script, null);

        var plan = planned?.Plan ?? await workbench.Plans.ExamineAsync(script, request.ArgsJson, model, cancellationToken);
        var waits = wanted.Slice ? null : workbench.Plans.WaitsBecause(plan, wanted.Approve);
        var started = await workbench.Plans.StartAsync(request with { Hold = waits is not null }, plan, cancellationToken);
        return (started.RunId, script, new Plan(plan, started, waits));
    }

    private async Task<PlannedWorkflow> PlanAsync(
        string goal, ToolArguments arguments, string? model, ProgressChannel progress, CancellationToken cancellationToken)
    {
        var planning = workbench.Plans.PlanAsync(
            new PlanRequest { Goal = goal, ArgsJson = arguments.Json("args"), Model = model, Workspace = workbench.Workspace },
            cancellationToken);
        await progress.WhileAsync(planning, "The planner writes the script");
        return await planning;
    }

    /// <summary>What the caller says of the run.</summary>
    private sealed record Wanted(BudgetSettings Budget, string? Model, bool? Approve, bool Slice);

    private sealed record Plan(WorkflowPlan Planned, StartedPlan Started, string? WaitsBecause);
}
