using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Settings;
using Microsoft.Extensions.Logging;

namespace McpWorkflows.Server.Tools;

/// <summary><c>resume</c></summary>
internal sealed class ResumeTool(Workbench workbench, RunWatch watch, ILogger logger) : WorkflowTool("resume", logger)
{
    protected override async Task<object> AnswerAsync(ToolArguments arguments, ProgressChannel progress, CancellationToken cancellationToken)
    {
        var asked = arguments.Budget();
        var most = asked is { Tokens: null, Dollars: null } ? asked : workbench.Settings.Budget;
        var budget = new BudgetSettings(
            asked.Tokens is null ? null : BudgetSettings.Lower(asked.Tokens, most.Tokens),
            asked.Dollars is null ? null : BudgetSettings.Lower(asked.Dollars, most.Dollars));
        var request = new ResumeRun
        {
            RunId = arguments.RequiredText("runId", "Call get_status without arguments to see the latest runs."),
            Script = arguments.Text("script"),
            Model = arguments.Text("model"),
            Budget = budget.Tokens,
            BudgetDollars = budget.Dollars,
            Rerun = arguments.Texts("rerun"),
            Answers = arguments.Answers(),
            Approve = arguments.Flag("approve") == true,
        };
        var wait = arguments.Wait();
        var engine = await workbench.EngineAsync(cancellationToken);
        var before = await engine.GetStatusAsync(request.RunId, cancellationToken);
        workbench.Models.Require(request.Model ?? before.Run.Settings.Model);

        request = await MadeUpAnswers.LeaveOutAsync(workbench, request, before, cancellationToken);

        // The server's own token: see StartWorkflowTool.
        var runId = await engine.ResumeAsync(request, workbench.Lifetime).WaitAsync(cancellationToken);
        return RunAnswers.Summary(await watch.WaitAsync(engine, runId, wait, progress, cancellationToken));
    }
}
