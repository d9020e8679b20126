using System.Diagnostics;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>What a server takes up that dead processes left.</summary>
public sealed class OrphanTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attend_ByTheSetting_TakesUpWhatWasCutOff()
    {
        await using var harness = new EngineHarness(options: new EngineOptions { ResumeInterrupted = true });
        var runId = await StartAndCrashAsync(harness);

        harness.Engine.Attend(_ => true);

        Assert.Equal("\"A\"\"B\"", (await harness.OverAsync(runId)).Run.ResultJson);
        Assert.Equal(["B"], harness.Agents.Prompts);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Attend_WithoutTheSettingOrTheModel_LeavesInterruptedRunsAlone(bool setting, bool mayTakeUp)
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { ResumeInterrupted = setting });
        var runId = await StartAndCrashAsync(harness);

        harness.Engine.Attend(_ => mayTakeUp);
        await time.WaitForTimerAsync(OrphanWatch.Interval, Cancellation);

        Assert.Equal(RunState.Interrupted, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        Assert.Empty(harness.Agents.Prompts);
    }

    [Fact]
    public async Task Attend_ARunThatStoppedOnAnError_IsLeftToAPerson()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { ResumeInterrupted = true });
        harness.Journal.BeforeAppend = entries => entries.OfType<ItemSettled>().Any() && !entries.OfType<RunChanged>().Any()
            ? throw new JournalException("The journal is locked.")
            : Task.CompletedTask;
        var first = await harness.RunAsync(api => api.Agent("A"));
        Assert.Equal(RunState.Interrupted, first.Run.State);
        await harness.CrashAsync();

        harness.Engine.Attend(_ => true);
        await time.WaitForTimerAsync(OrphanWatch.Interval, Cancellation);

        Assert.Equal(RunState.Interrupted, (await harness.Engine.GetStatusAsync(first.Run.Id, Cancellation)).Run.State);
    }

    [Fact]
    public async Task Attend_OnASharedJournal_TakesUpWithinSecondsWhatAnotherServerLeaves()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { TakeOver = true });
        await using var other = harness.OpenAnother();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        other.Attend(_ => first.Task.IsCompleted);
        var runId = await StartAndCrashAsync(harness);
        first.SetResult();

        var began = Stopwatch.GetTimestamp();
        while ((await other.FindRunAsync(runId, Cancellation)).State != RunState.Completed)
        {
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, EngineHarness.Patience);
            time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(10, Cancellation);
        }

        Assert.Equal("\"A\"\"B\"", (await other.FindRunAsync(runId, Cancellation)).ResultJson);
        Assert.Equal(["B"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Attend_TwoServers_OneRunsARun()
    {
        await using var harness = new EngineHarness(options: new EngineOptions { ResumeInterrupted = true });
        var runId = await StartAndCrashAsync(harness);
        await using var other = harness.OpenAnother();

        harness.Engine.Attend(_ => true);
        other.Attend(_ => true);

        Assert.Equal("\"A\"\"B\"", (await harness.OverAsync(runId)).Run.ResultJson);
        Assert.Equal(["B"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Attend_AnAnswerCameWhileNoServerLived_GoesOn()
    {
        await using var harness = new EngineHarness();
        var runId = await harness.StartAsync(api => api.Checkpoint("Go on?"));
        await harness.EndOfAsync(runId);
        await harness.CrashAsync();
        Assert.True(await harness.Journal.Inner.OpenAnother().AnswerQuestionAsync(runId, 1, "1", Cancellation));

        harness.Engine.Attend(_ => true);

        Assert.Equal("1", (await harness.OverAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Attend_AQuestionTimedOutWhileNoServerLived_TakesTheDefault()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await harness.StartAsync(api => api.Checkpoint("Go on?", null, "\"no\"", 60_000));
        await harness.EndOfAsync(runId);
        await harness.CrashAsync();
        time.Advance(TimeSpan.FromDays(1));

        harness.Engine.Attend(_ => true);

        Assert.Equal("\"no\"", (await harness.OverAsync(runId)).Run.ResultJson);
    }

    private static async Task<string> StartAndCrashAsync(EngineHarness harness)
    {
        var held = harness.Agents.Hold("B");
        var runId = await harness.StartAsync(async api => await api.Agent("A") + await api.Agent("B"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        harness.Agents.On("B", FakeAgents.Answer("B"));
        harness.Agents.Forget();
        return runId;
    }
}
