using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

public sealed class CancelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancel_ARunAtWork_StopsItsCallsAndCountsThem()
    {
        await using var harness = new EngineHarness(options: new() { Concurrency = 1 });
        var held = harness.Agents.Hold("B");
        var runId = await harness.StartAsync(async api => await api.Agent("A") + string.Join(",", await Task.WhenAll(api.Agent("B"), api.Agent("C"))));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);

        Assert.True(await harness.Engine.CancelAsync(runId, Cancellation));
        var status = await harness.EndOfAsync(runId);

        Assert.Equal((RunState.Cancelled, 2, 3), (status.Run.State, status.Run.Totals.Cancelled, status.Run.Totals.Agents));
        Assert.Equal(["A", "B"], harness.Agents.Prompts);
        Assert.Empty(status.Active);
        Assert.Equal(0, status.Queued);
        Assert.False(await harness.Engine.CancelAsync(runId, Cancellation));
    }

    [Fact]
    public async Task Cancel_ThenResume_RunsWhatWasCutOff()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("B");
        var runId = await harness.StartAsync(async api => await api.Agent("A") + await api.Agent("B"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.Engine.CancelAsync(runId, Cancellation);
        await harness.EndOfAsync(runId);
        harness.Agents.On("B", FakeAgents.Answer("B"));

        var status = await harness.ResumeAsync(runId);

        Assert.Equal((RunState.Completed, "\"A\"\"B\""), (status.Run.State, status.Run.ResultJson));
        Assert.Equal(["B"], harness.Agents.Prompts);
        Assert.Equal(0, status.Run.Totals.Cancelled);
    }

    [Fact]
    public async Task Cancel_FromAnotherProcess_IsHeardAtTheNextPoll()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        await using var other = harness.OpenAnother();
        harness.Agents.Hold("A");
        var runId = await harness.StartAsync(api => api.Agent("A"));
        await time.WaitForTimerAsync(TimeSpan.FromMilliseconds(500), Cancellation);

        Assert.True(await other.CancelAsync(runId, Cancellation));
        time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal(RunState.Cancelled, (await harness.EndOfAsync(runId)).Run.State);
    }

    [Fact]
    public async Task Cancel_AnInterruptedRun_CancelsItAtOnce()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(api => api.Agent("A"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();

        Assert.True(await harness.Engine.CancelAsync(runId, Cancellation));

        Assert.Equal(RunState.Cancelled, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
    }
}
