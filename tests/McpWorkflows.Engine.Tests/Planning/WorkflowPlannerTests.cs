using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Planning;

namespace McpWorkflows.Engine.Tests.Planning;

public class WorkflowPlannerTests
{
    private const string Head = "export const meta = { name: 'planned', description: 'A plan' }\n";
    private const string Script = Head + "return await agent('go', { label: 'go' })\n";
    private const string Broken = Head + "const a = ;\n";

    [Fact]
    public async Task PlanAsync_FencedScript_IsTakenOutOfTheAnswer()
    {
        var plan = await new PlannerBench($"Sure.\n```js\n{Script}```\nDone.").PlanAsync();

        Assert.Equal("planned", plan.Script.Meta.Name);
        Assert.Equal(1, plan.Rounds);
        Assert.Equal(7, plan.Usage.OutputTokens);
    }

    [Fact]
    public async Task PlanAsync_BareScript_IsTakenWhole() => Assert.Equal(Script.Trim(), (await new PlannerBench(Script).PlanAsync()).Script.Text);

    [Fact]
    public async Task PlanAsync_FenceInsideAPrompt_DoesNotEndTheScript()
    {
        // A fence in a line of its own, inside a block comment, is the shape that cuts a script short.
        var script = Head + "/*\n```\n*/\nreturn await agent('go', { label: 'go' })\n";

        var plan = await new PlannerBench($"```js\n{script}```\n").PlanAsync();

        Assert.EndsWith("{ label: 'go' })\n", plan.Script.Text);
    }

    [Fact]
    public async Task PlanAsync_ThePrompt_HoldsGoalDialectPatternsOutlineWorkflowsAndLessons()
    {
        var folder = Directory.CreateTempSubdirectory();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "README.md"), "# The abacus\nIt counts.", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(folder.FullName, "src", "beads"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "src", "beads", "a.cs"), "", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(folder.FullName, "node_modules", "x"));
        var bench = new PlannerBench(Script) { Workspace = folder.FullName };
        bench.Catalog.Workflows["tidy"] = "export const meta = { name: 'tidy', description: 'Tidies up', whenToUse: 'On Fridays.' }\n";

        await bench.PlanAsync("Explain {{args}} in templates", """{"a":1}""", "- Skeptics of dates were always wrong.");
        folder.Delete(recursive: true);

        var request = bench.Requests[0];
        Assert.Equal("high", request.Options.Effort);
        Assert.Equal(["list_files", "read_file", "search_text"], request.Options.Tools);
        Assert.Contains("Explain {{args}} in templates", request.Prompt);
        Assert.Contains("""{"a":1}""", request.Prompt);
        Assert.Contains("src/beads/ 1 files (.cs 1)", request.Prompt);
        Assert.Contains("# The abacus", request.Prompt);
        Assert.DoesNotContain("node_modules", request.Prompt);
        Assert.Contains("- tidy: Tidies up On Fridays.", request.Prompt);
        Assert.Contains("Skeptics of dates", request.Prompt);
        Assert.Contains("await parallel(thunks)", request.Instructions);
        Assert.Contains("`converge` with a step", request.Instructions);
        Assert.DoesNotContain("<!--", request.Instructions);
        Assert.DoesNotContain("{{dialect}}", request.Instructions);
    }

    [Theory]
    [InlineData("const a = ;\n", "planned.js:2:")]
    [InlineData("return await agent(goal, { label: 'x' })\n", "'goal' is not declared anywhere")]
    [InlineData("return await parallel([agent('a', { label: 'a' })])\n", "parallel() takes functions, but this is a promise")]
    [InlineData("let found\nwhile (true) { found = await agent('more?', { label: 'more' }); if (!found) break }\nreturn found\n", "ends only when one of them says so")]
    [InlineData("return await agent('a', { label: 'a', schema: { type: 'object', properties: {}, required: ['b'], additionalProperties: false } })\n", "No answer can meet this schema")]
    [InlineData("return await agent('a')\n", "This agent has no label")]
    [InlineData("return 1\n", "In the rehearsal, on made-up answers: The script started no agent")]
    [InlineData("const a = await agent('a', { label: 'a' })\nreturn a.b.c\n", "In the rehearsal, on made-up answers: planned.js:3:")]
    [InlineData("return await parallel([async () => { const a = await agent('a', { label: 'a' }); return a.b.c }])\n", "parallel[0]")]
    public async Task PlanAsync_AFaultOfAnyKind_GoesBackWithItsPlace(string body, string said)
    {
        var bench = new PlannerBench(Head + body, Script);

        var plan = await bench.PlanAsync();

        Assert.Equal(2, plan.Rounds);
        Assert.Equal(14, plan.Usage.OutputTokens);
        Assert.Contains(said, bench.Requests[1].Prompt);
        Assert.Contains(body.Trim(), bench.Requests[1].Prompt);
        Assert.Equal(new PlanningCost(2, 200, 14, 1m), plan.Plan.Planner);
    }

    [Fact]
    public async Task PlanAsync_AModelThatIsRefused_GoesBack()
    {
        var bench = new PlannerBench(Script.Replace("label: 'go'", "label: 'go', model: 'acme/x'"), Script)
        {
            Refusal = request => request.Options.Model == "acme/x" ? "The model acme/x is not allowed: policy.models in FILE allows test/*." : null,
        };

        await bench.PlanAsync();

        Assert.Contains("go: The model acme/x is not allowed", bench.Requests[1].Prompt);
    }

    [Fact]
    public async Task PlanAsync_RefusedThreeTimes_FailsWithErrorsUsageAndTheLastScript()
    {
        var failure = await Assert.ThrowsAsync<PlanningFailedException>(() => new PlannerBench(Broken, Broken, Broken.Replace('a', 'b'), Script).PlanAsync());

        Assert.Contains("3 rounds", failure.Message);
        Assert.Contains("planned.js:2:", failure.Message);
        Assert.Contains("const b = ;", failure.Message);
        Assert.Equal(21, failure.Usage.OutputTokens);
    }

    [Fact]
    public async Task PlanAsync_ADoubtThatStays_IsAWarningOfThePlan()
    {
        var bare = Head + "return await agent('go', { label: 'go', phase: Date.now() > 0 ? 'a' : 'b' })\n";

        var plan = await new PlannerBench(bare, bare, bare).PlanAsync();

        Assert.Equal(3, plan.Rounds);
        Assert.Contains(plan.Plan.Warnings, warning => warning.Contains("Date.now()", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PlanAsync_Declined_GivesOneAgentWithTheGoal()
    {
        var plan = await new PlannerBench("ONE AGENT: it is one question.").PlanAsync("What's in \"a\"?\nSay.", "[1]");

        Assert.Equal("it is one question.", plan.Plan.OneAgentBecause);
        Assert.Equal(new PlanRange(1, 1), plan.Plan.Agents);
        Assert.Contains("What\\u0027s in \\u0022a\\u0022?\\nSay.", plan.Script.Text);
        Assert.Equal("one-agent", plan.Script.Meta.Name);
        Assert.Contains("One agent does this as well: it is one question.", PlanText.Lines(plan.Plan));
    }

    [Fact]
    public async Task PlanAsync_AgentFailed_NamesTheCause()
    {
        var bench = new PlannerBench { Outcome = new AgentOutcome { Kind = AgentOutcomeKind.Failed, Failure = new AgentFailure("quota limit reached") } };

        Assert.Contains("quota limit reached", (await Assert.ThrowsAsync<PlanningFailedException>(() => bench.PlanAsync())).Message);
    }

    [Fact]
    public async Task PlanAsync_Rehearsed_SaysThatARealModelIsNeeded()
    {
        var bench = new PlannerBench { Outcome = new AgentOutcome { Kind = AgentOutcomeKind.Succeeded, AnswerJson = "\"placeholder\"", Rehearsed = true } };

        Assert.Contains("real model", (await Assert.ThrowsAsync<PlanningFailedException>(() => bench.PlanAsync())).Message);
    }
}
