using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Planning;

namespace McpWorkflows.Engine.Tests.Planning;

public class WorkflowPlannerTests
{
    private const string Script = "export const meta = { name: 'planned', description: 'A plan' }\nreturn await agent('go')\n";
    private const string Broken = "export const meta = { name: 'planned', description: 'A plan' }\nconst a = ;\n";

    [Fact]
    public async Task PlanAsync_FencedScript_IsTakenOutOfTheAnswer()
    {
        var agents = new Answers($"Sure.\n```js\n{Script}```\nDone.");

        var plan = await PlanAsync(agents);

        Assert.Equal("planned", plan.Script.Meta.Name);
        Assert.Equal(1, plan.Rounds);
        Assert.Equal(7, plan.Usage.OutputTokens);
    }

    [Fact]
    public async Task PlanAsync_BareScript_IsTakenWhole() => Assert.Equal(Script.Trim(), (await PlanAsync(new Answers(Script))).Script.Text);

    [Fact]
    public async Task PlanAsync_FenceInsideAPrompt_DoesNotEndTheScript()
    {
        // A fence in a line of its own, inside a block comment, is the shape that cuts a script short.
        var script = "export const meta = { name: 'planned', description: 'A plan' }\n/*\n```\n*/\nreturn 1\n";

        var plan = await PlanAsync(new Answers($"```js\n{script}```\n"));

        Assert.EndsWith("return 1\n", plan.Script.Text);
    }

    [Fact]
    public async Task PlanAsync_GoalWithBraces_ReachesThePromptAsItIs()
    {
        var agents = new Answers(Script);

        await PlanAsync(agents, "Explain {{args}} in templates");

        Assert.Contains("Explain {{args}} in templates", agents.Requests[0].Prompt);
        Assert.Contains("await parallel(thunks)", agents.Requests[0].Instructions);
        Assert.DoesNotContain("<!--", agents.Requests[0].Instructions);
        Assert.DoesNotContain("{{dialect}}", agents.Requests[0].Instructions);
    }

    [Fact]
    public async Task PlanAsync_RefusedOnce_SendsTheErrorsBack()
    {
        var agents = new Answers(Broken, Script);

        var plan = await PlanAsync(agents);

        Assert.Equal(2, plan.Rounds);
        Assert.Equal(14, plan.Usage.OutputTokens);
        Assert.Contains("planned.js:2:", agents.Requests[1].Prompt);
        Assert.Contains("const a = ;", agents.Requests[1].Prompt);
    }

    [Fact]
    public async Task PlanAsync_RefusedTwice_FailsWithErrorsAndUsage()
    {
        var failure = await Assert.ThrowsAsync<PlanningFailedException>(() => PlanAsync(new Answers(Broken, Broken, Script)));

        Assert.Contains("planned.js:2:", failure.Message);
        Assert.Equal(14, failure.Usage.OutputTokens);
    }

    [Fact]
    public async Task PlanAsync_AgentFailed_NamesTheCause()
    {
        var agents = new Answers { Outcome = new AgentOutcome { Kind = AgentOutcomeKind.Failed, Failure = new AgentFailure("quota limit reached") } };

        Assert.Contains("quota limit reached", (await Assert.ThrowsAsync<PlanningFailedException>(() => PlanAsync(agents))).Message);
    }

    [Fact]
    public async Task PlanAsync_Rehearsed_SaysThatARealModelIsNeeded()
    {
        var agents = new Answers { Outcome = new AgentOutcome { Kind = AgentOutcomeKind.Succeeded, AnswerJson = "\"placeholder\"", Rehearsed = true } };

        Assert.Contains("real model", (await Assert.ThrowsAsync<PlanningFailedException>(() => PlanAsync(agents))).Message);
    }

    private static Task<PlannedWorkflow> PlanAsync(IAgentHost agents, string goal = "Count the files") => new WorkflowPlanner(agents).PlanAsync(
        new PlanRequest { Goal = goal, Workspace = "/workspace" }, new Progress<AgentProgress>(), TestContext.Current.CancellationToken);

    private sealed class Answers(params string[] texts) : IAgentHost
    {
        public List<AgentRequest> Requests { get; } = [];

        public AgentOutcome? Outcome { get; init; }

        public Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            return Task.FromResult(Outcome ?? new AgentOutcome
            {
                Kind = AgentOutcomeKind.Succeeded,
                AnswerJson = JsonSerializer.Serialize(texts[Requests.Count - 1]),
                Usage = new AgentUsage(100, 7),
            });
        }
    }
}
