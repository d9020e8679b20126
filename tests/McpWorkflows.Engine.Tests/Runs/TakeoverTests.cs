using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>What happens between the lease of a run and its first step, and when its last words could not be written.</summary>
public sealed class TakeoverTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_EndCouldNotBeWritten_ReadsAsInterruptedAndGoesOnInTheSameProcess()
    {
        await using var harness = new EngineHarness();
        var runId = await StartAndFillTheDiskAsync(harness);

        var run = (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run;
        Assert.Equal(RunState.Interrupted, run.State);
        Assert.Contains("The disk is full", run.Error, StringComparison.Ordinal);
        Assert.Equal(RunState.Interrupted, Assert.Single(await harness.Engine.ListAsync(9, Cancellation)).State);

        harness.Journal.BeforeAppend = _ => Task.CompletedTask;
        var status = await harness.ResumeAsync(runId);

        Assert.Equal(RunState.Completed, status.Run.State);
        Assert.Equal(["B"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Cancel_OfARunWhoseEndCouldNotBeWritten_Cancels()
    {
        await using var harness = new EngineHarness();
        var runId = await StartAndFillTheDiskAsync(harness);
        harness.Journal.BeforeAppend = _ => Task.CompletedTask;

        Assert.True(await harness.Engine.CancelAsync(runId, Cancellation));

        Assert.Equal(RunState.Cancelled, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        Assert.False(await harness.Engine.CancelAsync(runId, Cancellation));
    }

    [Fact]
    public async Task Run_OneCommitFails_ItsOutcomeIsWrittenWithTheEnd()
    {
        await using var harness = new EngineHarness();
        harness.Journal.BeforeAppend = entries => entries.OfType<ItemSettled>().Any() && !entries.OfType<RunChanged>().Any()
            ? throw new JournalException("The journal is locked.")
            : Task.CompletedTask;
        var first = await harness.RunAsync(api => api.Agent("A"));
        Assert.Equal(RunState.Interrupted, first.Run.State);
        Assert.Contains("The journal is locked", first.Run.Error, StringComparison.Ordinal);
        harness.Journal.BeforeAppend = _ => Task.CompletedTask;

        var second = await harness.ResumeAsync(first.Run.Id);

        Assert.Equal((RunState.Completed, 1), (second.Run.State, second.Run.Totals.FromJournal));
        Assert.Empty(harness.Agents.Prompts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Resume_FirstAppendFails_CanBeTriedAgain(bool giveBackFailsToo)
    {
        await using var harness = new EngineHarness();
        var runId = await StartAndCrashAsync(harness);
        harness.Journal.BeforeAppend = entries => giveBackFailsToo || entries.OfType<RunEdited>().Any()
            ? throw new JournalException("The disk is full.")
            : Task.CompletedTask;
        await Assert.ThrowsAsync<JournalException>(() => harness.StartResumeAsync(runId));
        Assert.Equal(RunState.Interrupted, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        harness.Journal.BeforeAppend = _ => Task.CompletedTask;

        var status = await harness.ResumeAsync(runId);

        Assert.Equal(RunState.Completed, status.Run.State);
        Assert.Equal(["B"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Resume_CallerGaveUpAfterTheLease_StillGoesOn()
    {
        await using var harness = new EngineHarness();
        var runId = await StartAndCrashAsync(harness);
        using var caller = new CancellationTokenSource();
        harness.Journal.AfterLease = caller.CancelAsync;

        await harness.Engine.ResumeAsync(new ResumeRun { RunId = runId }, caller.Token);

        Assert.Equal(RunState.Completed, (await harness.EndOfAsync(runId)).Run.State);
    }

    [Fact]
    public async Task Resume_AnotherProcessFinishedTheRunMeanwhile_IsRefusedAndPaysNothing()
    {
        await using var harness = new EngineHarness();
        var runId = await StartAndCrashAsync(harness);
        await using var other = harness.OpenAnother();
        harness.Journal.BeforeLease = async () =>
        {
            await other.ResumeAsync(new ResumeRun { RunId = runId }, Cancellation);
            await other.WaitAsync(runId, Timeout.InfiniteTimeSpan, Cancellation);
            harness.Agents.Forget();
        };

        var refusal = await Assert.ThrowsAsync<RunNotResumableException>(() => harness.StartResumeAsync(runId));

        Assert.Contains("meanwhile", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(harness.Agents.Prompts);
        var run = await harness.Journal.FindRunAsync(runId, Cancellation);
        Assert.Equal((RunState.Completed, "\"A\"\"B\""), (run!.State, run.ResultJson));
        Assert.True(await harness.Journal.TryLeaseAsync(runId, Cancellation));
    }

    [Fact]
    public async Task Resume_AnotherProcessGotFurtherAndDied_UsesWhatItLeft()
    {
        await using var harness = new EngineHarness();
        var runId = await StartAndCrashAsync(harness, async api => await api.Agent("A") + await api.Agent("B") + await api.Agent("C"));
        var held = harness.Agents.Hold("C");
        harness.Journal.BeforeLease = async () =>
        {
            await using var other = harness.OpenAnother();
            await other.ResumeAsync(new ResumeRun { RunId = runId }, Cancellation);
            await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
            await other.DisposeAsync();
            harness.Agents.On("C", FakeAgents.Answer("C"));
            harness.Agents.Forget();
        };

        var status = await harness.ResumeAsync(runId);

        Assert.Equal(RunState.Completed, status.Run.State);
        Assert.Equal(["C"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task ResumeOfACompletedRun_CrashAtItsFirstStep_StillHasItsParentsAnswers()
    {
        await using var harness = new EngineHarness();
        var parent = await harness.RunAsync(async api => await api.Agent("A") + await api.Agent("B"));
        Assert.Equal(RunState.Completed, parent.Run.State);
        var reached = new TaskCompletionSource();
        harness.Journal.BeforeAppend = _ =>
        {
            reached.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        _ = harness.StartResumeAsync(parent.Run.Id);
        await reached.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.AbandonAsync();
        var child = (await harness.Engine.ListAsync(9, Cancellation)).Single(run => run.ParentId is not null);

        var status = await harness.ResumeAsync(child.Id);

        Assert.Equal((RunState.Completed, 2), (status.Run.State, status.Run.Totals.FromJournal));
        Assert.Empty(harness.Agents.Prompts);
    }

    /// <summary>A run with A answered and B at work, of a process that is dead; B will be answered.</summary>
    private static async Task<string> StartAndCrashAsync(EngineHarness harness, Func<FakeScriptApi, Task<string?>>? body = null)
    {
        var held = harness.Agents.Hold("B");
        var runId = await harness.StartAsync(body ?? (async api => await api.Agent("A") + await api.Agent("B")));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        harness.Agents.On("B", FakeAgents.Answer("B"));
        return runId;
    }

    /// <summary>A run with A answered, and no room for what B said nor for the run's end.</summary>
    private static async Task<string> StartAndFillTheDiskAsync(EngineHarness harness)
    {
        var held = harness.Agents.Hold("B");
        var runId = await harness.StartAsync(async api => await api.Agent("A") + await api.Agent("B"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        harness.Journal.BeforeAppend = _ => throw new JournalException("The disk is full.");
        held.Outcome.SetResult(FakeAgents.Answer("B"));
        await harness.EndOfAsync(runId);
        harness.Agents.On("B", FakeAgents.Answer("B"));
        return runId;
    }
}
