using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Tests.Runs;

namespace McpWorkflows.Engine.Tests.Planning;

public class PlanExaminerTests
{
    private const string Items = "{ type: 'object', properties: { items: { type: 'array' } }, required: ['items'] }";

    private static readonly string Fan = $$"""
        export const meta = { name: 'fan', description: 'Fans out', phases: [{ title: 'List' }, { title: 'Work' }] }
        phase('List')
        const list = await agent('List the files of this folder', { label: 'list', schema: {{Items}} })
        phase('Work')
        await checkpoint('Go on?')
        return await parallel(list.items.map(item => () => agent(`Review the file ${item} for mistakes in its arithmetic`,
          { label: `review ${item}`, tools: ['run_command'], isolation: 'worktree', model: 'acme/x' })))
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExamineAsync_AgentsPerPhase_AreARangeOverSmallAndLargeAnswers()
    {
        var examined = await ExamineAsync(new PlannerBench());

        Assert.Empty(examined.Faults);
        Assert.Equal([new PlannedPhase("List", new PlanRange(1, 1)), new PlannedPhase("Work", new PlanRange(1, 6))], examined.Plan.Phases);
        Assert.Equal(new PlanRange(2, 7), examined.Plan.Agents);
    }

    [Fact]
    public async Task ExamineAsync_ToolsModelsAndRights_AreNamed()
    {
        var plan = (await ExamineAsync(new PlannerBench())).Plan;

        Assert.Equal(["acme/x", "test/model"], plan.Models);
        Assert.Equal(["tools: run_command", "git worktrees of their own for agents that change files", "asks a person"], plan.Wants);
    }

    [Fact]
    public async Task ExamineAsync_NoPastRuns_StatesWhatItAssumes()
    {
        var plan = (await ExamineAsync(new PlannerBench())).Plan;

        Assert.Equal(new PlanRange(2 * 1_200, 7 * 1_200), plan.OutputTokens);
        Assert.Equal(new PlanCost(2.4m, 8.4m), plan.Cost);
        Assert.Contains(plan.Basis, line => line.Contains("no similar past calls", StringComparison.Ordinal) && line.Contains("1,200", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ExamineAsync_SimilarCallsOfPastRuns_GiveTheirMedian()
    {
        var bench = new PlannerBench();
        var agents = new FakeAgents { Otherwise = request => FakeAgents.Answer("ok", request.Prompt.Length) };
        await using var engine = new WorkflowEngine(
            new EngineOptions(), bench.Journal, agents, new JintScriptRuntimeFactory(), bench.Catalog, TimeProvider.System, new RandomIdSource());
        var script = """
            export const meta = { name: 'earlier', description: 'd' }
            return await parallel(['one.cs', 'two.cs', 'three.cs'].map(file => () => agent(`Review the file ${file} for mistakes in its arithmetic`)))
            """;
        await engine.WaitAsync(await engine.StartAsync(new StartRun { Script = script, Workspace = "/workspace" }, Cancellation), EngineHarness.Patience, Cancellation);

        var plan = (await ExamineAsync(bench)).Plan;

        var median = "Review the file one.cs for mistakes in its arithmetic".Length;
        Assert.Equal(new PlanRange(1_200 + median, 1_200 + (6 * median)), plan.OutputTokens);
        Assert.Contains(plan.Basis, line => line.Contains("median of similar calls", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plan_ThroughTheJournal_ComesBackTheSame()
    {
        var plan = (await ExamineAsync(new PlannerBench())).Plan;
        await using var harness = new EngineHarness();

        var runId = await harness.Engine.StartAsync(
            new StartRun { Script = EngineHarness.Script, Workspace = "/w", Plan = plan, Hold = true }, Cancellation);

        var status = await harness.Engine.GetStatusAsync(runId, Cancellation);
        Assert.Equal(RunState.Planned, status.Run.State);
        Assert.Equal(PlanText.Lines(plan), PlanText.Lines(status.Plan!));
    }

    private static Task<Examination> ExamineAsync(PlannerBench bench) =>
        bench.Examiner.ExamineAsync(WorkflowScript.Parse(Fan, "fan.js"), null, "test/model", "/workspace", Cancellation);
}
