using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>What the script is told, when, and what happens when the journal cannot write.</summary>
public sealed class DeliveryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outcome_NotYetOnDisk_IsNotTold()
    {
        await using var harness = new EngineHarness();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var onDisk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Journal.BeforeAppend = entries =>
        {
            if (!entries.OfType<ItemSettled>().Any())
                return Task.CompletedTask;
            asked.TrySetResult();
            return onDisk.Task;
        };
        var runId = await harness.StartAsync(api => api.Agent("A"));
        await asked.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        // Gives a premature delivery every chance.
        Assert.Equal(RunState.Running, (await harness.Engine.WaitAsync(runId, TimeSpan.FromMilliseconds(50), Cancellation)).Run.State);
        Assert.Single(harness.Scripts.Inputs);

        onDisk.SetResult();

        Assert.Equal(RunState.Completed, (await harness.EndOfAsync(runId)).Run.State);
        Assert.Equal(2, harness.Scripts.Inputs.Count);
    }

    [Fact]
    public async Task Outcomes_CommittedOutOfOrder_AreToldByPlace()
    {
        await using var harness = new EngineHarness();
        var second = harness.Agents.Hold("second");
        var firstCommit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var firstAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var secondAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Journal.BeforeAppend = entries =>
        {
            switch (entries.OfType<ItemSettled>().FirstOrDefault()?.Item.Sequence)
            {
                case 1:
                    firstAsked.TrySetResult();
                    return firstCommit.Task;
                case 2:
                    secondAsked.TrySetResult();
                    break;
            }

            return Task.CompletedTask;
        };
        var runId = await harness.StartAsync(async api =>
        {
            var (one, two) = (api.Agent("first"), api.Agent("second"));
            return await await Task.WhenAny(two, one);
        });
        await firstAsked.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        second.Outcome.SetResult(FakeAgents.Answer("second"));
        await secondAsked.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        Assert.Single(harness.Scripts.Inputs);

        firstCommit.SetResult();

        Assert.Equal("\"first\"", (await harness.EndOfAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Outcomes_ArrivingDuringACommit_ReachTheJournalBeforeItIsOver()
    {
        await using var harness = new EngineHarness();
        var allThere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var settled = 0;
        // A commit that takes until all sixteen are there: an engine that awaited one after the other would hang.
        harness.Journal.BeforeAppend = entries =>
        {
            var some = entries.OfType<ItemSettled>().Count();
            if (Interlocked.Add(ref settled, some) == 16)
                allThere.TrySetResult();
            return some == 0 ? Task.CompletedTask : allThere.Task;
        };

        var status = await harness.RunAsync(async api =>
            $"{(await Task.WhenAll(Enumerable.Range(0, 16).Select(i => api.Agent($"{i}")))).Length}");

        Assert.Equal("16", status.Run.ResultJson);
    }

    [Fact]
    public async Task Outcomes_OfAThousandCalls_TakeOneCallAndOneSettlementEach()
    {
        await using var harness = new EngineHarness();

        await harness.RunAsync(async api =>
            $"{(await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => api.Agent($"{i}")))).Length}");

        Assert.Equal(1_000, harness.Journal.Appends.Sum(entries => entries.OfType<ItemSettled>().Count()));
        Assert.Equal(1_000, harness.Journal.Appends.Sum(entries => entries.OfType<CallOpened>().Count()));
        Assert.All(harness.Journal.Appends.SelectMany(entries => entries.OfType<CallOpened>()), opened => Assert.Null(opened.Call.Outcome));
    }

    [Fact]
    public async Task Gate_WhileACommitTakesItsTime_KeepsTheSlot()
    {
        await using var harness = new EngineHarness(options: new EngineOptions { Concurrency = 1 });
        var committing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var onDisk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Journal.BeforeAppend = entries =>
            entries.OfType<ItemSettled>().Any() && committing.TrySetResult() ? onDisk.Task : Task.CompletedTask;
        var second = harness.Agents.Hold("second");
        var runId = await harness.StartAsync(async api => string.Join(",", await Task.WhenAll(api.Agent("first"), api.Agent("second"))));

        await committing.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        Assert.False(second.Started.Task.IsCompleted);

        onDisk.SetResult();
        await second.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        second.Outcome.SetResult(FakeAgents.Answer("second"));
        Assert.Equal(RunState.Completed, (await harness.EndOfAsync(runId)).Run.State);
    }

    [Fact]
    public async Task Append_Fails_StopsTheRunBeforeTheScriptSeesAnything()
    {
        await using var harness = new EngineHarness();
        harness.Journal.BeforeAppend = entries => entries.OfType<ItemSettled>().Any()
            ? throw new JournalException("The disk is full.")
            : Task.CompletedTask;
        harness.Agents.Hold("B");

        var status = await harness.RunAsync(async api =>
        {
            var other = api.Agent("B");
            return await api.Agent("A") + await other;
        });

        Assert.Equal(RunState.Interrupted, status.Run.State);
        Assert.Contains("The disk is full.", status.Run.Error, StringComparison.Ordinal);
        Assert.Contains("The disk is full. Then resume the run.", status.Run.Error, StringComparison.Ordinal);
        Assert.Single(harness.Scripts.Inputs);
        var stored = await harness.Journal.FindRunAsync(status.Run.Id, Cancellation);
        Assert.Equal((RunState.Interrupted, status.Run.Error), (stored!.State, stored.Error));

        harness.Journal.BeforeAppend = _ => Task.CompletedTask;
        harness.Agents.On("B", FakeAgents.Answer("B"));
        Assert.Equal("\"A\"\"B\"", (await harness.ResumeAsync(status.Run.Id)).Run.ResultJson);
    }

    [Fact]
    public async Task Append_FailsForTheEndToo_EndsAllTheSame()
    {
        await using var harness = new EngineHarness();
        harness.Journal.BeforeAppend = _ => throw new JournalException("The disk is full.");

        var status = await harness.RunAsync(api => api.Agent("A"));

        Assert.Equal(RunState.Interrupted, status.Run.State);
        Assert.Contains("The disk is full.", status.Run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_LeaseLost_WritesNothingMore()
    {
        // On a clock that stands, so that no events are written meanwhile.
        await using var harness = new EngineHarness(new ManualTime());
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(api => api.Agent("A"));
        // Waiting comes first: afterwards the journal is asked, which knows of no other owner here.
        var end = harness.EndOfAsync(runId);
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        var refused = 0;
        harness.Journal.BeforeAppend = _ =>
        {
            refused++;
            throw new LeaseLostException("wf_x");
        };

        held.Outcome.SetResult(FakeAgents.Answer("A"));

        var status = await end;
        Assert.Equal((RunState.Interrupted, "Run wf_x has been taken over by another process."), (status.Run.State, status.Run.Error));
        Assert.Equal(1, refused);
    }

    // Whoever asked after the lease was lost was told of a run at work, by a process that had given it up.
    [Fact]
    public async Task Wait_AfterTheLeaseWasLost_EndsWithTheNewOwner()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(api => api.Agent("A"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        var taken = new TaskCompletionSource();
        harness.Journal.BeforeAppend = _ =>
        {
            taken.TrySetResult();
            throw new LeaseLostException(runId);
        };
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        await taken.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        var waiting = harness.Engine.WaitAsync(runId, Timeout.InfiniteTimeSpan, Cancellation);
        await harness.Journal.Inner.AppendAsync(
            runId, [new RunChanged { State = RunState.Completed, Totals = new RunTotals(), EndedAt = DateTimeOffset.UnixEpoch }], Cancellation);

        Assert.Contains((await waiting.WaitAsync(EngineHarness.Patience, Cancellation)).Run.State, new[] { RunState.Interrupted, RunState.Completed });
        Assert.Equal(RunState.Completed, (await harness.Engine.WaitAsync(runId, Timeout.InfiniteTimeSpan, Cancellation)).Run.State);
    }

    [Fact]
    public async Task Timers_DueTogether_FireInTheOrderOfTheirTimesAndOfAsking()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await harness.StartAsync(async api =>
        {
            var order = new List<string>();
            async Task Note(double delay, string name)
            {
                await api.Sleep(delay);
                order.Add(name);
            }

            await Task.WhenAll(Note(30, "c"), Note(20, "a"), Note(20, "b"), Note(0, "now"), Note(double.NaN, "soon"));
            return string.Join(",", order);
        });
        await time.WaitForTimerAsync(TimeSpan.FromMilliseconds(20), Cancellation);

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("now,soon,a,b,c", (await harness.EndOfAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Timer_Cleared_NeitherFiresNorKeepsTheRunAlive()
    {
        await using var harness = new EngineHarness(new ManualTime());

        var status = await harness.RunAsync(async api =>
        {
            var (id, fired) = api.Timer(60_000);
            await api.Agent("A");
            api.ClearTimer(id);
            await fired;
            return "fired";
        });

        Assert.Equal(RunState.Failed, status.Run.State);
        Assert.Contains("promise that nothing will settle", status.Run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_ARunAtWork_HearsOfEverythingInOrder()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(async api =>
        {
            var answer = await api.Agent("A", "label", "phase");
            api.Phase("two");
            api.Log("line");
            return answer;
        });
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        var heard = new List<RunEvent>();
        using var failing = harness.Engine.Subscribe(runId, _ => throw new InvalidOperationException("a watcher's bug"));
        using var subscription = harness.Engine.Subscribe(runId, heard.Add);
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        await harness.EndOfAsync(runId);

        var call = heard.FindIndex(item => item.PayloadJson.Contains("succeeded", StringComparison.Ordinal));
        Assert.Equal("""{"number":1,"label":"label","phase":"phase","state":"succeeded","inputTokens":1,"outputTokens":10}""", heard[call].PayloadJson);
        Assert.Equal(
            [("phase", """{"title":"two"}"""), ("log", """{"level":"log","text":"line"}"""), ("state", """{"state":"completed"}""")],
            heard.Skip(call + 1).Select(item => (item.Kind, item.PayloadJson)));
        var stored = await harness.Journal.ReadEventsAsync(runId, heard[0].Sequence - 1, 100, Cancellation);
        Assert.Equal(heard, stored);
    }

    [Fact]
    public async Task Events_WithoutAnOutcomeNearby_AreStoredAfterAWhile()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(api =>
        {
            api.Log("line");
            return api.Agent("A");
        });
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await time.WaitForTimerAsync(TimeSpan.FromMilliseconds(200), Cancellation);
        Assert.Empty(await harness.Journal.ReadEventsAsync(runId, 0, 10, Cancellation));

        time.Advance(TimeSpan.FromMilliseconds(200));

        while ((await harness.Journal.ReadEventsAsync(runId, 0, 10, Cancellation)).Count < 2)
            await Task.Yield();
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        await harness.EndOfAsync(runId);
    }
}
