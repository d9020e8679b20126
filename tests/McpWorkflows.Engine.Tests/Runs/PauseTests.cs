using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

public sealed class PauseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pause_ARunAtWork_FinishesWhatRunsAndStartsNothing()
    {
        await using var harness = new EngineHarness(options: new() { Concurrency = 1 });
        var (runId, held) = await StartAsync(harness);

        Assert.True(await harness.Engine.PauseAsync(runId, Cancellation));
        Assert.False(await harness.Engine.PauseAsync(runId, Cancellation));
        Assert.Equal(RunState.Paused, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        var status = await harness.EndOfAsync(runId);

        Assert.Equal((RunState.Paused, 1), (status.Run.State, status.Run.Totals.Agents - status.Queued));
        Assert.Equal(["A"], harness.Agents.Prompts);
        Assert.Equal("\"A\"", Assert.Single(await harness.Journal.ReadSettledAsync(runId, Cancellation)).Outcome!.AnswerJson);
        Assert.False(await harness.Engine.PauseAsync(runId, Cancellation));
    }

    [Fact]
    public async Task Resume_APausedRun_GoesOnWithoutAskingAgain()
    {
        await using var harness = new EngineHarness(options: new() { Concurrency = 1 });
        var (runId, held) = await StartAsync(harness);
        await harness.Engine.PauseAsync(runId, Cancellation);
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        await harness.EndOfAsync(runId);
        await harness.CrashAsync();

        Assert.Equal(RunState.Paused, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        var status = await harness.ResumeAsync(runId);

        Assert.Equal((runId, RunState.Completed, "\"A\"\"B\"\"C\""), (status.Run.Id, status.Run.State, status.Run.ResultJson));
        Assert.Equal(["B", "C"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Resume_WhileTheLastAgentsFinish_GoesOnInTheSameSession()
    {
        await using var harness = new EngineHarness(options: new() { Concurrency = 1 });
        var (runId, held) = await StartAsync(harness);
        await harness.Engine.PauseAsync(runId, Cancellation);
        var session = harness.Engine.SessionOf(runId)!;

        await harness.Engine.ResumeAsync(new ResumeRun { RunId = runId }, Cancellation);
        Assert.Equal(RunState.Running, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        var status = await harness.EndOfAsync(runId);

        Assert.Equal((RunState.Completed, "\"A\"\"B\"\"C\""), (status.Run.State, status.Run.ResultJson));
        await session.WaitAsync(EngineHarness.Patience, Cancellation);
        Assert.Null(status.Resume);
        Assert.Equal(["A", "B", "C"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Pause_ThenTheProcessDies_StaysPaused()
    {
        await using var harness = new EngineHarness(options: new() { Concurrency = 1 });
        var (runId, _) = await StartAsync(harness);
        await harness.Engine.PauseAsync(runId, Cancellation);
        while ((await harness.Journal.FindRunAsync(runId, Cancellation))!.State != RunState.Paused)
            await Task.Delay(1, Cancellation);
        await harness.CrashAsync();
        harness.Agents.On("A", FakeAgents.Answer("A"));

        Assert.Equal(RunState.Paused, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        Assert.Empty(await harness.Journal.ListUnattendedAsync(Cancellation));
        Assert.Equal(RunState.Completed, (await harness.ResumeAsync(runId)).Run.State);
    }

    [Fact]
    public async Task PauseAndResume_FromAnotherProcess_AreHeardAtTheNextPoll()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { Concurrency = 1 });
        await using var other = harness.OpenAnother();
        var (runId, held) = await StartAsync(harness);
        await time.WaitForTimerAsync(RequestWatch.Interval, Cancellation);

        Assert.True(await other.PauseAsync(runId, Cancellation));
        await BecomeAsync(RunState.Paused);
        Assert.Equal(runId, await other.ResumeAsync(new ResumeRun { RunId = runId }, Cancellation));
        await BecomeAsync(RunState.Running);
        held.Outcome.SetResult(FakeAgents.Answer("A"));

        Assert.Equal(RunState.Completed, (await harness.EndOfAsync(runId)).Run.State);

        async Task BecomeAsync(RunState state)
        {
            while ((await other.GetStatusAsync(runId, Cancellation)).Run.State != state)
            {
                time.Advance(RequestWatch.Interval);
                await Task.Delay(1, Cancellation);
            }
        }
    }

    [Fact]
    public async Task Pause_ARunThatWaitsForAnAnswer_LetsGoOfIt()
    {
        await using var harness = new EngineHarness();
        var runId = await harness.StartAsync(async api => await api.Checkpoint("Ship it?"));
        await harness.WaitingAsync(runId);

        Assert.True(await harness.Engine.PauseAsync(runId, Cancellation));
        await harness.EndOfAsync(runId);
        Assert.Equal(RunState.Paused, (await harness.Journal.FindRunAsync(runId, Cancellation))!.State);
        await harness.AnswerAsync(runId, "\"yes\"");

        Assert.Equal("\"yes\"", (await harness.OverAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Pause_AnInterruptedRun_PausesItAtOnce()
    {
        await using var harness = new EngineHarness();
        var (runId, _) = await StartAsync(harness);
        await harness.CrashAsync();

        Assert.True(await harness.Engine.PauseAsync(runId, Cancellation));

        Assert.Equal(RunState.Paused, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
    }

    [Fact]
    public async Task Cancel_APausedRunWhoseAgentsFinish_EndsThem()
    {
        await using var harness = new EngineHarness(options: new() { Concurrency = 1 });
        var (runId, _) = await StartAsync(harness);
        await harness.Engine.PauseAsync(runId, Cancellation);

        await harness.Engine.CancelAsync(runId, Cancellation);

        Assert.Equal(RunState.Cancelled, (await harness.EndOfAsync(runId)).Run.State);
    }

    [Fact]
    public async Task Restart_ACallAtWork_EndsItsAttemptAndBeginsAnother()
    {
        await using var harness = new EngineHarness(options: new() { Concurrency = 1 });
        var first = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(async api => string.Concat(await Task.WhenAll(api.Agent("A"), api.Agent("B"))));
        await RunningAsync(harness, runId, first);
        var second = harness.Agents.Hold("A");

        Assert.True(await harness.Engine.RestartAsync(runId, "1", Cancellation));
        await second.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        Assert.False(await harness.Engine.RestartAsync(runId, "B", Cancellation));
        second.Outcome.SetResult(FakeAgents.Answer("second"));
        var status = await harness.EndOfAsync(runId);

        Assert.Equal("\"second\"\"B\"", status.Run.ResultJson);
        Assert.Equal(["A", "A", "B"], harness.Agents.Prompts);
        Assert.Equal((2, 0, 0), (status.Run.Totals.Agents, status.Run.Totals.Failed, status.Run.Totals.Skipped));
    }

    [Fact]
    public async Task Restart_ACallThatStandsAside_TakesAPlaceAgain()
    {
        await using var harness = new EngineHarness(options: new() { Concurrency = 1 });
        var aside = new TaskCompletionSource();
        harness.Agents.On("A", (request, cancellation) => request.Place!.StepAsideAsync(
            async token =>
            {
                aside.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
                return FakeAgents.Answer("never");
            },
            cancellation));
        var runId = await harness.StartAsync(async api => string.Concat(await Task.WhenAll(api.Agent("A"), api.Agent("B"), api.Agent("C"))));
        await aside.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        harness.Agents.On("A", FakeAgents.Answer("A"));
        while (!await harness.Engine.RestartAsync(runId, "1", Cancellation))
            await Task.Delay(1, Cancellation);

        Assert.Equal("\"A\"\"B\"\"C\"", (await harness.EndOfAsync(runId)).Run.ResultJson);
        Assert.Equal(1, harness.Agents.Widest);
    }

    [Fact]
    public async Task Skip_FromAnotherProcess_ReachesTheOwner()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { Concurrency = 1 });
        await using var other = harness.OpenAnother();
        var (runId, _) = await StartAsync(harness);
        await time.WaitForTimerAsync(RequestWatch.Interval, Cancellation);

        Assert.True(await other.SkipAsync(runId, "A", Cancellation));
        time.Advance(RequestWatch.Interval);

        Assert.Equal("null\"B\"\"C\"", (await harness.EndOfAsync(runId)).Run.ResultJson);
        Assert.False(await other.SkipAsync(runId, "A", Cancellation));
        await Assert.ThrowsAsync<RunNotFoundException>(() => other.PauseAsync("wf_none", Cancellation));
    }

    /// <summary>A is at work and held, B and C wait for it at the gate.</summary>
    private static async Task<(string RunId, HeldCall A)> StartAsync(EngineHarness harness)
    {
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(async api => string.Concat((await Task.WhenAll(api.Agent("A"), api.Agent("B"), api.Agent("C"))).Select(answer => answer ?? "null")));
        await RunningAsync(harness, runId, held);
        return (runId, held);
    }

    private static async Task RunningAsync(EngineHarness harness, string runId, HeldCall held)
    {
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        while ((await harness.Engine.GetStatusAsync(runId, Cancellation)).Active.Count == 0)
            await Task.Delay(1, Cancellation);
    }
}
