using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>A replay answers with a call that wrote files only where the files are.</summary>
public sealed class KeptWorkTests
{
    private static readonly AgentOutcome Isolated = FakeAgents.Answer("written") with
    {
        Worktree = new AgentWorktree { Branch = "mcpworkflows/x", Path = "/w/x", Base = "abc", Patch = "p", FilesChanged = 1, Insertions = 2, Deletions = 3 },
    };

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Resume_OfACallWhoseFilesAreGone_RestoresThemOrRunsItAgain(bool restored, int asked)
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", Isolated);
        harness.Agents.On("B", FakeAgents.Failure("down"));
        var first = await RunAsync(harness);
        harness.Agents.On("B", FakeAgents.Answer("up"));
        harness.Agents.Restored = new WorkRestored(restored, "its branch was gone.");

        var second = await harness.ResumeAsync(first.Run.Id);

        Assert.Equal(RunState.Completed, second.Run.State);
        Assert.Equal(asked, harness.Agents.Prompts.Count(prompt => prompt == "A"));
        Assert.Contains(second.Log, line => line.Contains("writer: its branch was gone.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Recovery_OfACallWhoseFilesCannotBeRestored_RunsItAgain()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", Isolated);
        var held = harness.Agents.Hold("B");
        var runId = await harness.StartAsync(async api => await api.Agent("A", "writer") + await api.Agent("B"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, TestContext.Current.CancellationToken);
        await harness.CrashAsync();
        harness.Agents.On("B", FakeAgents.Answer("up"));
        harness.Agents.Restored = new WorkRestored(false, "gone.");

        var status = await harness.ResumeAsync(runId);

        Assert.Equal(RunState.Completed, status.Run.State);
        Assert.Equal(["A", "B"], harness.Agents.Prompts);
    }

    private static Task<RunStatus> RunAsync(EngineHarness harness) =>
        harness.RunAsync(async api => await api.Agent("A", "writer") + await api.Agent("B"));
}
