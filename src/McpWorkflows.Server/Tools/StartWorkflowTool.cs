using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Server.Composition;
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
        var budget = arguments.Budget();
        var model = arguments.Text("model");

        // The script first: its typo is what the caller can repair, a missing key is not.
        var script = given[0] == "goal" ? null : workbench.Scripts.Load(given[0], arguments.Text(given[0])!);
        workbench.Models.Require(model);

        // From here on the server's own token: a client that gives up waiting must find the run started all the same.
        var start = StartAsync(script, arguments, model, budget, progress, workbench.Lifetime);
        var (engine, runId, started, plan) = await start.WaitAsync(cancellationToken);
        var status = await watch.WaitAsync(engine, runId, wait, progress, cancellationToken);
        return RunAnswers.Started(
            status,
            [.. started.Warnings.Select(warning => $"{warning.Line}:{warning.Column}: {warning.Message}")],
            plan is null ? null : new UsageReport { InputTokens = plan.Usage.InputTokens, OutputTokens = plan.Usage.OutputTokens });
    }

    private async Task<(WorkflowEngine Engine, string RunId, WorkflowScript Script, PlannedWorkflow? Plan)> StartAsync(
        WorkflowScript? given, ToolArguments arguments, string? model, BudgetSettings budget, ProgressChannel progress, CancellationToken cancellationToken)
    {
        var goal = arguments.Text("goal");
        var plan = given is null ? await PlanAsync(goal!, arguments, model, progress, cancellationToken) : null;
        var script = given ?? plan!.Script;
        var engine = await workbench.EngineAsync(cancellationToken);
        // A caller may lower the ceiling that the settings set; raising it is the user's business.
        var ceiling = budget.Within(workbench.Settings.Budget);
        var runId = await engine.StartAsync(
            new StartRun
            {
                Script = script.Text,
                FileName = script.FileName,
                ArgsJson = arguments.Json("args"),
                Goal = goal,
                Model = model ?? workbench.Models.Default,
                Workspace = workbench.Workspace,
                Budget = ceiling.Tokens,
                BudgetDollars = ceiling.Dollars,
            },
            cancellationToken);
        return (engine, runId, script, plan);
    }

    private async Task<PlannedWorkflow> PlanAsync(
        string goal, ToolArguments arguments, string? model, ProgressChannel progress, CancellationToken cancellationToken)
    {
        var planning = workbench.PlanAsync(
            new PlanRequest { Goal = goal, ArgsJson = arguments.Json("args"), Model = model ?? workbench.Models.Default, Workspace = workbench.Workspace },
            cancellationToken);
        await progress.WhileAsync(planning, "The planner writes the script");
        return await planning;
    }
}
