using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>A process dies in the middle of a run; another takes the run up.</summary>
public sealed class RecoveryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Recovery_FinishedCalls_AreNotPaidAgain()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("C");
        var runId = await harness.StartAsync(async api => $"[{await api.Agent("A")},{await api.Agent("B")},{await api.Agent("C")}]");
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        Assert.Equal(RunState.Interrupted, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        harness.Agents.On("C", FakeAgents.Answer("C"));

        var status = await harness.ResumeAsync(runId);

        Assert.Equal((runId, RunState.Completed, """["A","B","C"]"""), (status.Run.Id, status.Run.State, status.Run.ResultJson));
        Assert.Equal(["C"], harness.Agents.Prompts);
        Assert.Equal((3, 2), (status.Run.Totals.Agents, status.Run.Totals.FromJournal));
        Assert.Equal((2, 1), (status.Resume!.Reused, status.Resume.Ran));
        Assert.Empty(status.Resume.Unused);
        Assert.Equal(30, status.Run.Totals.OutputTokens);
    }

    [Fact]
    public async Task Recovery_AFailureSentTheScriptOneWay_GoesTheSameWay()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", FakeAgents.Failure("down"));
        var held = harness.Agents.Hold("question");
        var runId = await harness.StartAsync(async api =>
        {
            if (await api.Agent("A") == "null")
                await api.Agent("B");
            return await api.Agent("question");
        });
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        harness.Agents.On("A", FakeAgents.Answer("A works now"));
        harness.Agents.On("question", FakeAgents.Answer("yes"));

        var status = await harness.ResumeAsync(runId);

        Assert.Equal(["question"], harness.Agents.Prompts);
        Assert.Equal(RunState.CompletedWithFailures, status.Run.State);
        Assert.Equal("down", Assert.Single(status.Failures).Cause);
    }

    [Fact]
    public async Task Recovery_AnswersCameOutOfOrder_AreToldInThatOrder()
    {
        await using var harness = new EngineHarness();
        var first = harness.Agents.Hold("first");
        var held = harness.Agents.Hold("end");
        Func<FakeScriptApi, Task<string?>> body = async api =>
        {
            var order = new List<string>();
            async Task Note(string prompt) => order.Add((await api.Agent(prompt))!);
            await Task.WhenAll(Note("first"), Note("second"));
            return await api.Agent("end") + string.Join(",", order);
        };
        var runId = await harness.StartAsync(body);
        await WaitForSettledAsync(harness, runId, 1);
        first.Outcome.SetResult(FakeAgents.Answer("first"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        harness.Agents.On("end", FakeAgents.Answer("end"));

        var status = await harness.ResumeAsync(runId);

        Assert.Equal("""
            "end""second","first"
            """.Trim(), status.Run.ResultJson);
    }

    [Fact]
    public async Task Recovery_EqualPrompts_EachKeepsItsOwnAnswer()
    {
        await using var harness = new EngineHarness();
        var answers = 0;
        harness.Agents.On("same", (_, _) => Task.FromResult(FakeAgents.Answer($"{Interlocked.Increment(ref answers)}")));
        var held = harness.Agents.Hold("end");
        var runId = await harness.StartAsync(async api =>
        {
            var votes = await Task.WhenAll(api.Agent("same"), api.Agent("same"), api.Agent("same"));
            await api.Agent("end");
            return string.Join(",", votes);
        });
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        var before = (await harness.Journal.ReadSettledAsync(runId, Cancellation)).OrderBy(item => item.Key.Ordinal).Select(item => item.Outcome!.AnswerJson);
        var expected = string.Join(",", before);
        await harness.CrashAsync();
        harness.Agents.On("end", FakeAgents.Answer("end"));

        var status = await harness.ResumeAsync(runId);

        Assert.Equal(expected, status.Run.ResultJson);
        Assert.Equal(["end"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Recovery_TimersThatFired_AreNotWaitedForAgain()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var held = harness.Agents.Hold("end");
        var runId = await harness.StartAsync(async api =>
        {
            await api.Sleep(3_600_000);
            var woken = api.Now;
            await api.Agent("end");
            return $"\"{woken:O}\"";
        });
        await time.WaitForTimerAsync(TimeSpan.FromHours(1), Cancellation);
        time.Advance(TimeSpan.FromHours(1));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        time.Advance(TimeSpan.FromDays(1));
        harness.Agents.On("end", FakeAgents.Answer("end"));

        var status = await harness.ResumeAsync(runId);

        Assert.Equal("\"2030-01-01T01:00:00.0000000+00:00\"", status.Run.ResultJson);
    }

    [Fact]
    public async Task Recovery_ClockSeedSpendAndIdentities_AreThoseOfTheFirstRun()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var held = harness.Agents.Hold("end");
        var seen = new List<(DateTimeOffset, long, string, long)>();
        var runId = await harness.StartAsync(async api =>
        {
            await Task.WhenAll(api.Agent("A"), api.Agent("A"));
            lock (seen)
                seen.Add((api.Now, api.Spent, api.Identity, api.Start.Seed));
            return await api.Agent("end");
        });
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        time.Advance(TimeSpan.FromDays(1));
        harness.Agents.On("end", FakeAgents.Answer("end"));

        await harness.ResumeAsync(runId);

        Assert.Equal(2, seen.Count);
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(20, seen[0].Item2);
    }

    [Fact]
    public async Task Dispose_CallsInFlight_LeavesTheRunInterruptedAndResumable()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("B");
        var runId = await harness.StartAsync(async api => await api.Agent("A") + await api.Agent("B"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);

        await harness.Engine.DisposeAsync();

        var run = await harness.Journal.FindRunAsync(runId, Cancellation);
        Assert.Equal((RunState.Interrupted, 0), (run!.State, run.Totals.Cancelled));
        Assert.Null(run.EndedAt);
        await harness.CrashAsync();
        harness.Agents.On("B", FakeAgents.Answer("B"));
        Assert.Equal(RunState.Completed, (await harness.ResumeAsync(runId)).Run.State);
        Assert.Equal(["B"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Recovery_EventsGoOn_WithoutAGap()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("B");
        var runId = await harness.StartAsync(async api =>
        {
            api.Phase("p");
            return await api.Agent("A") + await api.Agent("B");
        });
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        harness.Agents.On("B", FakeAgents.Answer("B"));
        await harness.ResumeAsync(runId);

        var events = await harness.Journal.ReadEventsAsync(runId, 0, 1_000, Cancellation);

        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(item => item.Sequence));
        Assert.Equal("""{"state":"completed"}""", events[^1].PayloadJson);
    }

    private static async Task WaitForSettledAsync(EngineHarness harness, string runId, int count)
    {
        while ((await harness.Journal.ReadSettledAsync(runId, Cancellation)).Count < count)
            await Task.Yield();
    }
}
