using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Scripting;

public sealed class ChildWorkflowTests
{
    private const string Meta = "export const meta = { name: 'child', description: 'c' };\n";

    [Fact]
    public async Task Workflow_ByName_RunsInlineWithItsOwnArgs()
    {
        await using var run = await ScriptDriver.RunAsync(
            "return [args, await workflow('child', { n: 1, u: undefined }), args];",
            Child("args.n++; return { args, got: await agent('inside') };", "\"outer\""));
        Assert.Equal("[\"outer\",{\"args\":{\"n\":2},\"got\":\"inside\"},\"outer\"]", run.ResultJson);
        Assert.Equal(new WorkflowRequested(1, "child", null), Assert.Single(run.Outputs.OfType<WorkflowRequested>()));
    }

    [Fact]
    public async Task Workflow_ByPath_AsksForThePath()
    {
        await using var run = await ScriptDriver.RunAsync("return await workflow({ scriptPath: 'flows/a.js' });", Child("return args === undefined;"));
        Assert.Equal("true", run.ResultJson);
        Assert.Equal(new WorkflowRequested(1, null, "flows/a.js"), Assert.Single(run.Outputs.OfType<WorkflowRequested>()));
    }

    [Fact]
    public async Task Workflow_Phases_GroupUnderItsName()
    {
        await using var run = await ScriptDriver.RunAsync(
            "phase('Mine'); await workflow('child'); await agent('after');",
            Child("await agent('a'); phase('Read'); await agent('b'); await agent('c', { phase: 'Own' });"));
        Assert.Equal(["▸ child", "▸ child · Read", "▸ child · Own", "Mine"], run.Agents.Select(call => call.Phase));
        Assert.Equal(
            [new PhaseEntered("Mine"), new PhaseEntered("▸ child"), new PhaseEntered("▸ child · Read")],
            run.Outputs.OfType<PhaseEntered>().ToArray());
    }

    [Fact]
    public async Task Workflow_SharesTheCap()
    {
        var driver = new ScriptDriver
        {
            Limits = new ScriptLimits { MaxAgents = 2 },
            Workflow = _ => new ChildScript("child", "child.js", Meta + "await agent('b'); return await agent('c').catch(e => e.name);"),
        };
        Assert.Equal("\"WorkflowAgentCapError\"", await ScriptDriver.ResultAsync("await agent('a'); return await workflow('child');", driver));
    }

    [Fact]
    public async Task Workflow_InsideAWorkflow_Rejects()
    {
        Assert.Equal(
            "workflow('deeper'): workflows nest one level deep, and this one was itself started by workflow(). Call it from the top-level script.",
            await CombinatorTests.TextAsync("return await workflow('child');", Child("return await workflow('deeper').catch(e => e.message);")));
    }

    [Theory]
    [InlineData("", "TypeError: workflow() expects the name of a saved workflow or { scriptPath }, got undefined.")]
    [InlineData("''", "TypeError: workflow() expects the name of a saved workflow or { scriptPath }, got a string.")]
    [InlineData("{ path: 'x' }", "TypeError: workflow() expects the name of a saved workflow or { scriptPath }, got an object.")]
    [InlineData("'x', () => 1", "TypeError: args: a function has no JSON form. Use data: objects, arrays, strings, numbers.")]
    [InlineData("'missing'", "Error: workflow 'missing' not found")]
    public async Task Workflow_ThatCannotStart_Rejects(string arguments, string message)
    {
        Assert.Equal(message, await CombinatorTests.TextAsync($"const p = workflow({arguments}); return await p.catch(e => String(e));"));
    }

    [Fact]
    public async Task Workflow_WithASyntaxError_RejectsWithItsPlace()
    {
        Assert.Equal(
            "Error: workflow('child') cannot run: child.js:2:9: Syntax error: Unexpected token ';'. Correct the syntax at this place.\n  const x=;\n          ^",
            await CombinatorTests.TextAsync("return await workflow('child').catch(e => String(e));", Child("const x=;")));
    }

    [Fact]
    public async Task Workflow_ThatThrows_RejectsAndKeepsTheChildsPlace()
    {
        await using var run = await ScriptDriver.RunAsync("await workflow('child');", Child("\n  await agent('x');\n  null.f();"));
        Assert.Equal(("child.js", 4), (run.Error.FileName, run.Error.Line));
        Assert.Equal("  null.f();", run.Error.SourceLine);
    }

    [Fact]
    public async Task Workflow_SameFileNameAsItsParent_KeepsPlacesApart()
    {
        var driver = new ScriptDriver { Workflow = _ => new ChildScript("child", "test.js", Meta + "\n\n\n\nthrow new Error('deep');") };
        await using var run = await ScriptDriver.RunAsync("await workflow('child');", driver);
        Assert.Equal(new ScriptError("Error: deep", "test.js", 6, 7, "throw new Error('deep');"), run.Error);
    }

    [Fact]
    public async Task Workflow_UnderCombinators_Works()
    {
        Assert.Equal("[[1,1],[2,2]]", await ScriptDriver.ResultAsync(
            "return await pipeline([1, 2], n => parallel([() => workflow('child', n), () => workflow('child', n)]));", Child("await agent('x'); return args;")));
    }

    [Theory]
    [InlineData("", "\"undefined\"")]
    [InlineData("return Promise.resolve({ f() {}, p: Promise.resolve() });", "{\"p\":{}}")]
    [InlineData("const o = {}; o.o = o; return o;", "\"TypeError: result.o: refers back to result, and a cycle has no JSON form. Return a copy without it.\"")]
    public async Task Workflow_Result_HasJsonSemantics(string child, string json)
    {
        Assert.Equal(json, await ScriptDriver.ResultAsync("const r = await workflow('child').catch(String); return r === undefined ? 'undefined' : r;", Child(child)));
    }

    private static ScriptDriver Child(string body, string? args = null) => new()
    {
        ArgsJson = args,
        Workflow = request => request.Name == "missing" ? new Rejected("Error", "workflow 'missing' not found") : new ChildScript("child", "child.js", Meta + body),
    };
}
