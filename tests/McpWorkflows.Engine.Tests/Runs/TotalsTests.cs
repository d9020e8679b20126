using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>What a run took, over crashes and resumes.</summary>
public sealed class TotalsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The tokens of a failure that a resume ran again were forgotten when that resume crashed.
    [Fact]
    public async Task Tokens_OfACallThatWasRunAgainByAResumeThatCrashed_AreStillCounted()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", FakeAgents.Failure("down") with { Usage = new AgentUsage(100, 1_000) });
        var first = await harness.RunAsync(async api => await api.Agent("A") + await api.Agent("B"));
        Assert.Equal(1_010, first.Run.Totals.OutputTokens);
        harness.Agents.On("A", FakeAgents.Answer("up"));
        var held = harness.Agents.Hold("C");
        Func<FakeScriptApi, Task<string?>> longer = async api => await api.Agent("A") + await api.Agent("B") + await api.Agent("C");
        await harness.StartResumeAsync(first.Run.Id, longer);
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        harness.Agents.On("C", FakeAgents.Answer("C"));

        var third = await harness.ResumeAsync(first.Run.Id);

        Assert.Equal(1_010 + 10 + 10, third.Run.Totals.OutputTokens);
    }

    [Fact]
    public async Task Time_OfAKilledSession_IsLostForItsLastSecondsOnly()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(api => api.Agent("A"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        for (var tick = 0; tick < 6; tick++)
        {
            await time.WaitForTimerAsync(RunTally.Interval, Cancellation);
            time.Advance(RunTally.Interval);
        }

        await time.WaitForTimerAsync(RunTally.Interval, Cancellation);
        await using var other = harness.OpenAnother();
        RunStatus seen;
        do
            seen = await other.GetStatusAsync(runId, Cancellation);
        while (seen.Run.Totals.DurationMs < 60_000);
        await harness.CrashAsync();
        harness.Agents.On("A", FakeAgents.Answer("A"));

        var status = await harness.ResumeAsync(runId);

        Assert.Equal(60_000, status.Run.Totals.DurationMs);
        Assert.Equal(1, status.Run.Totals.Agents);
    }

    [Fact]
    public async Task Time_WhileAPersonIsAsked_IsNotTheRunsOwn()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { UnloadAfter = TimeSpan.FromDays(9) });
        var runId = await harness.StartAsync(api => api.Checkpoint("Go on?"));
        await harness.EndOfAsync(runId);
        time.Advance(TimeSpan.FromHours(5));

        await harness.AnswerAsync(runId, "1");

        Assert.Equal(0, (await harness.OverAsync(runId)).Run.Totals.DurationMs);
    }
}
