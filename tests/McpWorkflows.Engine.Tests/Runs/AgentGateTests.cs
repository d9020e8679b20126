using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Engine.Tests.Runs;

public sealed class AgentGateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_NoSharedSlot_WaitsForOneInTurn()
    {
        var slots = new CountedSlots { Free = 1 };
        var gate = new AgentGate(2, slots);
        var lane = gate.OpenLane();
        using var first = await lane.EnterAsync(Cancellation);
        var second = lane.EnterAsync(Cancellation);
        var third = lane.EnterAsync(Cancellation);
        Assert.False(second.IsCompleted);

        slots.Free = 1;
        // Two wait, and the width has room for one.
        Assert.Equal(0, slots.Retry());
        await second;
        Assert.False(third.IsCompleted);

        first.Dispose();
        Assert.Equal([1], slots.Wanted);
        await third;
        Assert.Equal(0, slots.Free);
    }

    [Fact]
    public async Task Enter_MoreThanTheWidth_WaitsForASlot()
    {
        var gate = new AgentGate(2);
        var lane = gate.OpenLane();
        var first = await lane.EnterAsync(Cancellation);
        await lane.EnterAsync(Cancellation);
        var third = lane.EnterAsync(Cancellation);
        Assert.False(third.IsCompleted);

        first.Dispose();
        first.Dispose();

        await third.WaitAsync(EngineHarness.Patience, Cancellation);
        Assert.False(lane.EnterAsync(Cancellation).IsCompleted);
    }

    [Fact]
    public async Task Enter_SeveralLanes_AreServedInTurn()
    {
        var gate = new AgentGate(1);
        var (large, small) = (gate.OpenLane(), gate.OpenLane());
        var slot = await large.EnterAsync(Cancellation);
        var order = new List<string>();
        var waiting = new List<Task>();
        for (var i = 0; i < 3; i++)
            waiting.Add(PassAsync(large, $"large{i}"));
        for (var i = 0; i < 2; i++)
            waiting.Add(PassAsync(small, $"small{i}"));

        slot.Dispose();
        await Task.WhenAll(waiting).WaitAsync(EngineHarness.Patience, Cancellation);

        Assert.Equal(["large0", "small0", "large1", "small1", "large2"], order);

        async Task PassAsync(GateLane lane, string name)
        {
            using var mine = await lane.EnterAsync(Cancellation);
            order.Add(name);
        }
    }

    [Fact]
    public async Task Enter_CancelledWhileWaiting_LosesNoSlot()
    {
        var gate = new AgentGate(1);
        var lane = gate.OpenLane();
        var slot = await lane.EnterAsync(Cancellation);
        using var cancel = new CancellationTokenSource();
        var given = Enumerable.Range(0, 3).Select(_ => lane.EnterAsync(cancel.Token)).ToList();
        var last = lane.EnterAsync(Cancellation);

        await cancel.CancelAsync();
        slot.Dispose();

        await last.WaitAsync(EngineHarness.Patience, Cancellation);
        foreach (var task in given)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
    }

    [Fact]
    public async Task SetWidth_Wider_AdmitsAtOnceAndNarrowerLater()
    {
        var gate = new AgentGate(1);
        var lane = gate.OpenLane();
        var first = await lane.EnterAsync(Cancellation);
        var second = lane.EnterAsync(Cancellation);
        var third = lane.EnterAsync(Cancellation);

        gate.SetWidth(2);
        await second.WaitAsync(EngineHarness.Patience, Cancellation);
        gate.SetWidth(1);
        first.Dispose();
        Assert.False(third.IsCompleted);
        (await second).Dispose();

        await third.WaitAsync(EngineHarness.Patience, Cancellation);
    }

    [Fact]
    public async Task StepAside_WhileItWaits_LetsOtherLanesPassButNoMoreOfItsOwn()
    {
        var gate = new AgentGate(2);
        var lane = gate.OpenLane();
        var slots = new[] { await lane.EnterAsync("slow", Cancellation), await lane.EnterAsync("slow", Cancellation) };
        var over = new TaskCompletionSource<int>();
        var aside = slots.Select(slot => slot.StepAsideAsync(_ => over.Task, Cancellation)).ToList();
        var slow = lane.EnterAsync("slow", Cancellation);
        var fast = new[] { await lane.EnterAsync("fast", Cancellation), await lane.EnterAsync("fast", Cancellation) };
        var lateFast = lane.EnterAsync("fast", Cancellation);

        over.SetResult(7);
        Assert.True(SpinWait.SpinUntil(() => gate.Returning == 2, EngineHarness.Patience));
        Assert.False(slow.IsCompleted);
        Assert.All(aside, task => Assert.False(task.IsCompleted));
        fast[0].Dispose();
        fast[1].Dispose();

        var results = await Task.WhenAll(aside).WaitAsync(EngineHarness.Patience, Cancellation);
        Assert.Equal([7, 7], results);
        Assert.False(lateFast.IsCompleted);
        slots[0].Dispose();
        slots[1].Dispose();
        await Task.WhenAll(slow, lateFast).WaitAsync(EngineHarness.Patience, Cancellation);
    }

    [Fact]
    public async Task StepAside_CancelledWhileItWaitsOrComesBack_LosesNoSlot()
    {
        var gate = new AgentGate(1);
        var lane = gate.OpenLane();
        using var cancel = new CancellationTokenSource();
        var waits = await lane.EnterAsync("a", Cancellation);
        var never = new TaskCompletionSource<int>();
        var waiting = waits.StepAsideAsync(token => never.Task.WaitAsync(token), cancel.Token);
        var returns = await lane.EnterAsync("b", Cancellation);
        var over = new TaskCompletionSource<int>();
        var returning = returns.StepAsideAsync(_ => over.Task, cancel.Token);
        var holder = await lane.EnterAsync("c", Cancellation);
        over.SetResult(1);
        Assert.True(SpinWait.SpinUntil(() => gate.Returning == 1, EngineHarness.Patience));

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => returning);
        waits.Dispose();
        returns.Dispose();
        var next = lane.EnterAsync("a", Cancellation);
        Assert.False(next.IsCompleted);
        holder.Dispose();

        (await next.WaitAsync(EngineHarness.Patience, Cancellation)).Dispose();
    }

    [Fact]
    public async Task Engine_ThreeRunsOfAThousandCallsInAll_KeepsTheGateFullAndNeverOverfull()
    {
        await using var harness = new EngineHarness();
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = 0;
        // The first sixteen wait for one another: were the gate narrower, or a slot lost, they would wait for ever.
        harness.Agents.On("start", async (_, cancellation) =>
        {
            if (Interlocked.Increment(ref arrived) == 16)
                full.SetResult();
            await full.Task.WaitAsync(cancellation);
            return FakeAgents.Answer("start");
        });
        async Task<string?> Body(FakeScriptApi api) =>
            $"{(await Task.WhenAll(Enumerable.Range(0, 333).Select(i => api.Agent(i < 16 ? "start" : $"{i}")))).Length}";

        var runs = new[] { await harness.StartAsync(Body), await harness.StartAsync(Body), await harness.StartAsync(Body) };
        foreach (var run in runs)
            Assert.Equal("333", (await harness.EndOfAsync(run)).Run.ResultJson);

        Assert.Equal(16, harness.Agents.Widest);
        Assert.Equal(999, harness.Agents.Prompts.Count);
    }

    [Fact]
    public async Task Engine_ASmallRunBesideALargeOne_IsNotStarved()
    {
        await using var harness = new EngineHarness(options: new EngineOptions { Concurrency = 1 });
        var blocker = harness.Agents.Hold("blocker");
        var large = await harness.StartAsync(async api =>
            $"{(await Task.WhenAll(Enumerable.Range(0, 200).Select(i => api.Agent(i == 0 ? "blocker" : $"large{i}")))).Length}");
        await blocker.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        var small = await harness.StartAsync(api => api.Agent("small"));
        while ((await harness.Engine.GetStatusAsync(small, Cancellation)).Queued == 0)
            await Task.Yield();

        blocker.Outcome.SetResult(FakeAgents.Answer("x"));
        await harness.EndOfAsync(small);
        await harness.EndOfAsync(large);

        Assert.InRange(harness.Agents.Prompts.ToList().IndexOf("small"), 1, 3);
    }

    /// <summary>As many as a test says are free.</summary>
    private sealed class CountedSlots : IAgentSlots
    {
        public int Free { get; set; }

        public List<int> Wanted { get; } = [];

        public Func<int> Retry { get; private set; } = () => 0;

        public bool TryTake()
        {
            if (Free == 0)
                return false;
            Free--;
            return true;
        }

        public void Release(int wanted)
        {
            Free++;
            Wanted.Add(wanted);
        }

        public void OnFree(Func<int> retry) => Retry = retry;

        public void Dispose()
        {
        }
    }
}
