using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>A model's quota is spent in the middle of a run.</summary>
public sealed class QuotaTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_QuotaIsSpent_WaitsAndSaysUntilWhenAndGoesOnByItself()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        harness.Agents.On("B", Spent(time));
        var runId = await harness.StartAsync(async api => await api.Agent("A") + await api.Agent("B"));

        var status = await harness.WaitingAsync(runId);

        Assert.Equal((WaitingFor.Quota, time.GetUtcNow() + Hour), (status.Run.WaitingFor!.Value, status.Run.WaitingUntil!.Value));
        Assert.Contains("The quota of some/model is spent (limit reached). Its agents go on by themselves at 2030-01-01 01:00:00Z.", status.Log);
        Assert.Equal((1, 0), (status.Queued, status.Active.Count));
        Assert.Single(await harness.Journal.ReadSettledAsync(runId, Cancellation));
        var waiting = harness.Engine.WaitAsync(runId, Timeout.InfiniteTimeSpan, Cancellation);
        harness.Agents.On("B", FakeAgents.Answer("B"));
        await GoByAsync(harness, time, runId, Hour);

        Assert.Equal((RunState.Completed, "\"A\"\"B\""), ((await waiting).Run.State, (await waiting).Run.ResultJson));
        Assert.Equal(["A", "B", "B"], harness.Agents.Prompts);
        // The hour is not counted; the clock may have gone on for a moment while B was asked.
        Assert.InRange((await waiting).Run.Totals.DurationMs, 0, Hour.TotalMilliseconds / 2);
        Assert.Equal((20 + 7, 0), ((await waiting).Run.Totals.OutputTokens, (await waiting).Run.Totals.Failed));
    }

    [Fact]
    public async Task Run_QuotaIsSpentInAFanOut_SendsNoMoreThanWereInFlight()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { Concurrency = 4 });
        foreach (var i in Enumerable.Range(0, 300))
            harness.Agents.On($"{i}", Spent(time));
        var runId = await harness.StartAsync(async api =>
            $"{(await Task.WhenAll(Enumerable.Range(0, 300).Select(i => api.Agent($"{i}")))).Count(answer => answer != "null")}");

        var status = await harness.WaitingAsync(runId);

        Assert.Equal((300, 0), (status.Queued, status.Active.Count));
        Assert.InRange(harness.Agents.Prompts.Count, 1, 4);
        foreach (var i in Enumerable.Range(0, 300))
            harness.Agents.On($"{i}", FakeAgents.Answer("x"));
        await GoByAsync(harness, time, runId, Hour);
        Assert.Equal((RunState.Completed, "300"), ((await harness.EndOfAsync(runId)).Run.State, (await harness.EndOfAsync(runId)).Run.ResultJson));
    }

    [Fact]
    public async Task Run_OtherModelsHaveQuota_GoesOnWithThose()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        harness.Agents.On("A", Spent(time));
        var runId = await harness.StartAsync(async api =>
        {
            var spent = api.Agent("A");
            await api.Agent("B", options: new AgentOptions { Model = "other/model" });
            return await spent;
        });

        await harness.WaitingAsync(runId);

        Assert.Equal(["A", "B"], harness.Agents.Prompts.Order());
        Assert.Single(await harness.Journal.ReadSettledAsync(runId, Cancellation));
    }

    [Fact]
    public async Task Recovery_OfARunThatWaitsForQuota_GoesOnWhenTheTimeHasCome()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        harness.Agents.On("B", Spent(time));
        var runId = await harness.StartAsync(async api => await api.Agent("A") + await api.Agent("B"));
        await harness.WaitingAsync(runId);
        await harness.CrashAsync();
        harness.Agents.On("B", FakeAgents.Answer("B"));
        harness.Agents.Forget();
        Assert.Equal(RunState.Waiting, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);

        harness.Engine.Attend(_ => true);
        await time.WaitForTimerAsync(OrphanWatch.Interval, Cancellation);
        Assert.Equal(RunState.Waiting, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        await GoByAsync(harness, time, runId, Hour);

        Assert.Equal("\"A\"\"B\"", (await harness.EndOfAsync(runId)).Run.ResultJson);
        Assert.Equal(["B"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Waiting_ForLong_LeavesTheMemoryAndGoesOnAtTheTime()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { UnloadAfter = TimeSpan.FromMinutes(1) });
        harness.Agents.On("A", Spent(time));
        var runId = await harness.StartAsync(api => api.Agent("A"));
        await harness.WaitingAsync(runId);
        await time.WaitForTimerAsync(TimeSpan.FromMinutes(1), Cancellation);
        var session = harness.Engine.SessionOf(runId)!;
        time.Advance(TimeSpan.FromMinutes(1));
        await session.WaitAsync(EngineHarness.Patience, Cancellation);
        Assert.Null(harness.Engine.SessionOf(runId));
        harness.Agents.On("A", FakeAgents.Answer("A"));

        await GoByAsync(harness, time, runId, Hour);

        Assert.Equal("\"A\"", (await harness.EndOfAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Resume_ByAPersonBeforeTheTime_TriesAtOnce()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        harness.Agents.On("A", Spent(time));
        var runId = await harness.StartAsync(api => api.Agent("A"));
        await harness.WaitingAsync(runId);
        harness.Agents.On("A", FakeAgents.Answer("A"));

        Assert.Equal(runId, await harness.StartResumeAsync(runId));

        Assert.Equal("\"A\"", (await harness.EndOfAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Skip_ACallThatWaitsForQuota_GivesTheScriptNull()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        harness.Agents.On("A", Spent(time));
        var runId = await harness.StartAsync(api => api.Agent("A", "the label"));
        await harness.WaitingAsync(runId);

        Assert.True(await harness.Engine.SkipAsync(runId, "the label", Cancellation));

        Assert.Equal((RunState.Completed, "null"), ((await harness.EndOfAsync(runId)).Run.State, (await harness.EndOfAsync(runId)).Run.ResultJson));
    }

    private static Func<AgentRequest, CancellationToken, Task<AgentOutcome>> Spent(ManualTime time)
    {
        var retryAt = time.GetUtcNow() + Hour;
        return (_, _) => Task.FromResult(new AgentOutcome
        {
            Kind = AgentOutcomeKind.QuotaExhausted,
            Failure = new AgentFailure("limit reached"),
            RetryAt = retryAt,
            Model = "some/model",
            Usage = new AgentUsage(3, 7),
        });
    }

    /// <summary>Lets time pass in steps, until the run has ended.</summary>
    private static async Task GoByAsync(EngineHarness harness, ManualTime time, string runId, TimeSpan span)
    {
        for (var minutes = 0; minutes <= span.TotalMinutes + 1; minutes++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(1, Cancellation);
        }

        for (var left = 10_000; left > 0 && !(await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State.HasEnded(); left--)
        {
            time.Advance(RequestWatch.Interval);
            await Task.Delay(1, Cancellation);
        }
    }
}
