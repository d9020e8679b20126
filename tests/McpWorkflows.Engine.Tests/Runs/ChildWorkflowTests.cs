using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Tests.Runs;

public sealed class ChildWorkflowTests
{
    [Fact]
    public async Task Workflow_Found_GivesItsText()
    {
        await using var harness = new EngineHarness();
        harness.Catalog.Workflows["child"] = "text";

        var status = await harness.RunAsync(async api =>
        {
            var byName = await api.Workflow("child");
            var byPath = await api.Workflow(null, "child");
            return $"{byName.Name} {byName.FileName} {byName.Script} {byPath.Script}";
        });

        Assert.Equal("child child.js text text", status.Run.ResultJson);
    }

    [Theory]
    [InlineData("nonesuch", null, "Workflow 'nonesuch' not found. Known: child.")]
    [InlineData(null, "nonesuch", "There is no file 'nonesuch'.")]
    public async Task Workflow_NotFound_RejectsNamingTheCause(string? name, string? path, string message)
    {
        await using var harness = new EngineHarness();
        harness.Catalog.Workflows["child"] = "text";

        var status = await harness.RunAsync(async api =>
        {
            var rejection = await Assert.ThrowsAsync<ScriptRejection>(() => api.Workflow(name, path));
            return rejection.Message;
        });

        Assert.Equal(message, status.Run.ResultJson);
    }

    [Fact]
    public async Task Resume_TheChildWasEditedMeanwhile_UsesTheTextOfTheFirstRun()
    {
        await using var harness = new EngineHarness();
        harness.Catalog.Workflows["child"] = "old";
        harness.Agents.On("A", FakeAgents.Failure("down"));
        async Task<string?> Body(FakeScriptApi api)
        {
            var first = (await api.Workflow("child")).Script;
            await api.Agent("A");
            return $"{first} {(await api.Workflow("child")).Script}";
        }

        var first = await harness.RunAsync(Body);
        harness.Catalog.Workflows["child"] = "new";
        harness.Agents.On("A", FakeAgents.Answer("up"));
        var second = await harness.ResumeAsync(first.Run.Id);
        var child = await harness.ResumeAsync(second.Run.Id);

        Assert.Equal(("old old", "old old", "old old"), (first.Run.ResultJson, second.Run.ResultJson, child.Run.ResultJson));
        Assert.Equal(second.Run.Id, child.Run.ParentId);
    }

    [Fact]
    public async Task Resume_TheChildWasMissing_IsLookedForAgain()
    {
        await using var harness = new EngineHarness();
        var first = await harness.RunAsync(async api => (await api.Workflow("child")).Script);
        Assert.Equal(RunState.Failed, first.Run.State);
        harness.Catalog.Workflows["child"] = "text";

        var second = await harness.ResumeAsync(first.Run.Id);

        Assert.Equal((RunState.Completed, "text"), (second.Run.State, second.Run.ResultJson));
    }
}
