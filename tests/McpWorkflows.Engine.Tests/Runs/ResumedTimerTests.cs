using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>Timers when a person resumes: which are replayed, and which run in real time.</summary>
public sealed class ResumedTimerTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resume_ARetriedAgentRacesATimer_IsNotLostToTheOldFiring()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await FailARaceAsync(harness, time);
        var held = harness.Agents.Hold("A");

        await harness.StartResumeAsync(runId);
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await time.WaitForTimerAsync(Minute, Cancellation);
        held.Outcome.SetResult(FakeAgents.Answer("in time"));
        var second = await harness.EndOfAsync(runId);

        Assert.Equal((RunState.Completed, "\"in time\""), (second.Run.State, second.Run.ResultJson));
    }

    [Fact]
    public async Task Resume_TheRetriedAgentIsTooSlowAgain_LosesInRealTime()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await FailARaceAsync(harness, time);
        harness.Agents.Hold("A");

        await harness.StartResumeAsync(runId);
        await time.WaitForTimerAsync(Minute, Cancellation);
        time.Advance(Minute);

        Assert.Equal("a.js:1:1: too slow", (await harness.EndOfAsync(runId)).Run.Error);
    }

    [Fact]
    public async Task Recovery_OfAResumeThatCrashedBeforeTheRace_TreatsTheTimerAsTheResumeDid()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await FailARaceAsync(harness, time);
        var held = harness.Agents.Hold("A");
        await harness.StartResumeAsync(runId);
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        held = harness.Agents.Hold("A");

        await harness.StartResumeAsync(runId);
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await time.WaitForTimerAsync(Minute, Cancellation);
        held.Outcome.SetResult(FakeAgents.Answer("in time"));

        Assert.Equal("\"in time\"", (await harness.EndOfAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Recovery_OfAResumeWhoseRaceWasWon_StaysOnThatPath()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await FailARaceAsync(harness, time);
        harness.Agents.On("A", FakeAgents.Answer("in time"));
        var held = harness.Agents.Hold("end");
        Func<FakeScriptApi, Task<string?>> longer = async api => await Race(api) + await api.Agent("end");
        await harness.StartResumeAsync(runId, longer);
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        harness.Agents.On("end", FakeAgents.Answer("end"));

        var third = await harness.ResumeAsync(runId);

        Assert.Equal("\"in time\"\"end\"", third.Run.ResultJson);
        Assert.Equal(["end"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Resume_AgainAfterARaceWasWon_DoesNotBringTheOldFiringBack()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await FailARaceAsync(harness, time);
        harness.Agents.On("A", FakeAgents.Answer("in time"));
        harness.Agents.On("end", FakeAgents.Failure("down"));
        await harness.ResumeAsync(runId, async api => await Race(api) + await api.Agent("end"));
        harness.Agents.On("end", FakeAgents.Answer("end"));

        var third = await harness.ResumeAsync(runId);

        Assert.Equal("\"in time\"\"end\"", third.Run.ResultJson);
        Assert.Equal(["end"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Resume_TimersBeforeTheFailure_AreReplayedAndLaterOnesRunInRealTime()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        harness.Agents.On("A", FakeAgents.Failure("down"));
        var runId = await harness.StartAsync(async api =>
        {
            await api.Sleep(60_000);
            var answer = await api.Agent("A");
            await api.Sleep(120_000);
            return answer;
        });
        await time.WaitForTimerAsync(Minute, Cancellation);
        time.Advance(Minute);
        await time.WaitForTimerAsync(2 * Minute, Cancellation);
        time.Advance(2 * Minute);
        await harness.EndOfAsync(runId);
        harness.Agents.On("A", FakeAgents.Answer("up"));

        await harness.StartResumeAsync(runId);
        await time.WaitForTimerAsync(2 * Minute, Cancellation);
        time.Advance(2 * Minute);

        Assert.Equal("\"up\"", (await harness.EndOfAsync(runId)).Run.ResultJson);
    }

    private static async Task<string?> Race(FakeScriptApi api)
    {
        var agent = api.Agent("A");
        var winner = await Task.WhenAny(agent, api.Sleep(60_000));
        return winner == agent ? await agent : throw new InvalidOperationException("too slow");
    }

    /// <summary>The agent fails, the timer fires, and the run fails: both stand in the journal, in this order.</summary>
    private static async Task<string> FailARaceAsync(EngineHarness harness, ManualTime time)
    {
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(async api =>
        {
            var agent = api.Agent("A");
            await api.Sleep(60_000);
            return await agent != "null" ? await agent : throw new InvalidOperationException("down");
        });
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await time.WaitForTimerAsync(Minute, Cancellation);
        held.Outcome.SetResult(FakeAgents.Failure("down"));
        while ((await harness.Journal.ReadSettledAsync(runId, Cancellation)).Count == 0)
            await Task.Yield();
        time.Advance(Minute);
        Assert.Equal(RunState.Failed, (await harness.EndOfAsync(runId)).Run.State);
        Assert.Equal([ItemKind.Agent, ItemKind.Timer], (await harness.Journal.ReadSettledAsync(runId, Cancellation)).Select(item => item.Key.Kind));
        harness.Scripts.Body = Race;
        return runId;
    }
}
