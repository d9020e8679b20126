using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>Named definitions of agents reach the host as the run first used them.</summary>
public sealed class AgentTypeTests
{
    private static readonly AgentOptions Typed = new() { AgentType = "reviewer" };

    [Fact]
    public async Task Call_WithAType_GetsItsDefinition_AndOthersNone()
    {
        await using var harness = new EngineHarness();
        harness.Agents.Types["reviewer"] = "first";

        await harness.RunAsync(async api => await api.Agent("A", options: Typed) + await api.Agent("B"));

        Assert.Equal(["first", null], harness.Agents.Requests.Select(request => request.AgentTypeJson));
        Assert.Equal("first", (await harness.Journal.ReadSnapshotsAsync((await LastRunAsync(harness)).Id, TestContext.Current.CancellationToken))["agentType/reviewer"]);
    }

    [Fact]
    public async Task Resume_AfterTheTypeWasEdited_UsesTheDefinitionOfTheFirstUse()
    {
        await using var harness = new EngineHarness();
        harness.Agents.Types["reviewer"] = "first";
        harness.Agents.On("A", FakeAgents.Failure("down"));
        var first = await harness.RunAsync(async api => await api.Agent("A", options: Typed));
        harness.Agents.Types["reviewer"] = "edited";
        harness.Agents.On("A", FakeAgents.Answer("up"));

        await harness.ResumeAsync(first.Run.Id);

        Assert.Equal("first", Assert.Single(harness.Agents.Requests).AgentTypeJson);
    }

    [Fact]
    public async Task Call_WithAnUnknownType_RejectsWithTheKnownOnesAndAsksNobody()
    {
        await using var harness = new EngineHarness();
        harness.Agents.Types["writer"] = "w";
        string? message = null;

        var status = await harness.RunAsync(async api =>
        {
            try
            {
                return await api.Agent("A", options: Typed);
            }
            catch (ScriptRejection rejection)
            {
                message = rejection.Message;
                return "1";
            }
        });

        Assert.StartsWith("agent type 'reviewer' not found. Known: writer.", message, StringComparison.Ordinal);
        Assert.Empty(harness.Agents.Requests);
        Assert.Equal(RunState.CompletedWithFailures, status.Run.State);
    }

    private static async Task<RunRecord> LastRunAsync(EngineHarness harness) =>
        (await harness.Journal.ListRunsAsync(1, TestContext.Current.CancellationToken))[0];
}
