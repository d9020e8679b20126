using System.Globalization;
using McpWorkflows.Agents.Schemas;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.Planning;

/// <summary>Makes plans of goals and scripts, and says which of them wait for a person's approval.</summary>
internal sealed class PlanDesk(Workbench workbench)
{
    /// <summary>Items of each fan-out that a slice runs.</summary>
    /// <value>3</value>
    public const int SliceItems = 3;

    // Two is what a rehearsal by hand shows; the others are what a run may shrink and grow to.
    private static readonly int[] ListLengths = [1, 2, 6];

    /// <summary>Has a planner write a script. Throws <see cref="PlanningFailedException"/>, and <see cref="PolicyRefusedException"/> before anything is paid for.</summary>
    public async Task<PlannedWorkflow> PlanAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        if (workbench.Policy?.Refuse(request.Workspace, null) is { } refusal)
            throw new PolicyRefusedException(refusal);
        return await new WorkflowPlanner(workbench.Agents, await ExaminerAsync(cancellationToken), workbench.Catalog)
            .PlanAsync(request with { Lessons = request.Lessons ?? await workbench.PlannerLessonsAsync(cancellationToken) }, new Progress<AgentProgress>(), cancellationToken);
    }

    /// <summary>The plan of a script that somebody else wrote; what is wrong with it stands among the warnings.</summary>
    public async Task<WorkflowPlan> ExamineAsync(WorkflowScript script, string? argsJson, string? model, CancellationToken cancellationToken)
    {
        var examined = await (await ExaminerAsync(cancellationToken)).ExamineAsync(script, argsJson, model, workbench.Workspace, cancellationToken);
        return examined.Plan with { Warnings = [.. examined.Faults.Select(fault => $"In the rehearsal: {fault}"), .. examined.Plan.Warnings] };
    }

    /// <summary>Why the plan is to wait for approval; null when it may run at once.</summary>
    /// <param name="approve">What the caller says: true to run whatever the size, false to wait in any case.</param>
    public string? WaitsBecause(WorkflowPlan plan, bool? approve)
    {
        var settings = workbench.Settings.Plan;
        if (settings.Always)
            return "Every plan waits for approval: plan.approve is \"always\" in the settings.";
        if (approve is not null)
            return approve.Value ? null : "It was asked to wait.";
        if (plan.Agents.High > settings.Agents)
            return string.Create(CultureInfo.InvariantCulture, $"Plans of more than {settings.Agents} agents wait for approval (plan.approveAbove.agents), and this one may start {plan.Agents.High}.");
        return plan.Cost?.High > settings.Dollars
            ? $"Plans above {PlanText.Dollars(settings.Dollars)} wait for approval (plan.approveAbove.dollars), and this one may cost {PlanText.Dollars(plan.Cost.High)}."
            : null;
    }

    /// <summary>Starts the run, or stores it as planned, and writes the plan's file.</summary>
    public async Task<StartedPlan> StartAsync(StartRun request, WorkflowPlan plan, CancellationToken cancellationToken)
    {
        var engine = await workbench.EngineAsync(cancellationToken);
        var runId = await engine.StartAsync(request with { Plan = plan }, cancellationToken);
        var (file, problem) = await PlanFile.WriteAsync(request.Workspace, runId, plan, request.Goal, request.Script, cancellationToken);
        return new StartedPlan(runId, plan, file, problem);
    }

    private async Task<PlanExaminer> ExaminerAsync(CancellationToken cancellationToken)
    {
        var agents = workbench.Agents;
        var rehearsal = new ScriptRehearsal(
            [.. ListLengths.Select(length => new RehearsedAgents(length, agents as IAgentTypes))], workbench.Catalog, schema => AnswerSchemas.MakeUp(schema));
        return new PlanExaminer(rehearsal, agents as IAgentForecast, await workbench.JournalAsync(cancellationToken));
    }
}

/// <summary>A run that began with a plan.</summary>
/// <param name="File">Of the plan, from the workspace; null where it could not be written.</param>
/// <param name="Problem">Why there is no file.</param>
internal sealed record StartedPlan(string RunId, WorkflowPlan Plan, string? File, string? Problem);
