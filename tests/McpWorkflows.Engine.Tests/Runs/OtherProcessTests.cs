using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>A run is watched from a process that does not own it.</summary>
public sealed class OtherProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_OfAnEndedRunElsewhere_ShowsPhasesFailuresAndLog()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("B", FakeAgents.Failure("down"));
        var status = await harness.RunAsync(async api =>
        {
            api.Log("line");
            await Task.WhenAll(api.Agent("A", phase: "one"), api.Agent("B", phase: "one"), api.Agent("C", phase: "two"));
            return "1";
        });
        await using var other = harness.OpenAnother();

        var seen = await other.GetStatusAsync(status.Run.Id, Cancellation);

        Assert.Equal(status.Run, seen.Run);
        Assert.Equal(status.Phases, seen.Phases);
        Assert.Equal(status.Failures, seen.Failures);
        Assert.Equal(["line"], seen.Log);
    }

    [Fact]
    public async Task Status_OfARunAtWorkElsewhere_CountsWhatIsDone()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("B");
        var runId = await harness.StartAsync(async api => await api.Agent("A") + await api.Agent("B"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await using var other = harness.OpenAnother();

        var seen = await other.GetStatusAsync(runId, Cancellation);

        Assert.Equal((RunState.Running, 1, 10L), (seen.Run.State, seen.Run.Totals.Agents, seen.Run.Totals.OutputTokens));
        held.Outcome.SetResult(FakeAgents.Answer("B"));
        await harness.EndOfAsync(runId);
    }

    [Fact]
    public async Task Wait_ForARunElsewhere_EndsWithIt()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(api => api.Agent("A"));
        await using var other = harness.OpenAnother();
        var waiting = other.WaitAsync(runId, TimeSpan.FromHours(1), Cancellation);
        await time.WaitForTimerAsync(TimeSpan.FromMilliseconds(250), Cancellation);
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        await harness.EndOfAsync(runId);

        time.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Equal(RunState.Completed, (await waiting.WaitAsync(EngineHarness.Patience, Cancellation)).Run.State);
    }

    [Fact]
    public async Task Wait_TimeIsUp_ReturnsTheRunAsItStands()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(api => api.Agent("A", "label", "phase"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        RunStatus status;
        do
            status = await harness.Engine.WaitAsync(runId, TimeSpan.Zero, Cancellation);
        while (status.Active.Count == 0);

        Assert.Equal((RunState.Running, "label"), (status.Run.State, Assert.Single(status.Active)));
        Assert.Equal([new PhaseStatus("phase", 1, 0, 0, 1)], status.Phases);
    }
}
