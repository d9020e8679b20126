using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Tests.Processes;

namespace McpWorkflows.Journal.Tests.Slots;

public sealed class SharedSlotsTests : IDisposable
{
    private const int Width = 16;

    private readonly JournalFile file = new();

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task TryTake_Alone_GivesAllAndNoMore()
    {
        await using var journal = await file.OpenAsync();
        var worker = new SlotWorker(journal.ShareSlots(SlotPool.Agents, Width));

        worker.Want(100);

        Assert.Equal(Width, worker.Holds);
        worker.Finish(Width);
        Assert.Equal(Width, worker.Holds);
    }

    [Fact]
    public async Task TryTake_AnotherHasThemAll_IsRefusedUntilOneIsGivenBack()
    {
        await using var first = await file.OpenAsync();
        await using var second = await file.OpenAsync();
        var (one, two) = (new SlotWorker(first.ShareSlots(SlotPool.Agents, Width)), new SlotWorker(second.ShareSlots(SlotPool.Agents, Width)));
        one.Want(Width);
        two.Want(1);
        Assert.Equal(0, two.Holds);

        one.Finish(1);

        await two.WaitAsync(holds => holds == 1);
        Assert.Equal(Width - 1, one.Holds);
    }

    [Fact]
    public async Task Release_OthersWait_TwoBusyOnesHaveHalfEach()
    {
        await using var first = await file.OpenAsync();
        await using var second = await file.OpenAsync();
        var (one, two) = (new SlotWorker(first.ShareSlots(SlotPool.Agents, Width)), new SlotWorker(second.ShareSlots(SlotPool.Agents, Width)));
        one.Want(10_000);
        two.Want(10_000);
        Assert.Equal((Width, 0), (one.Holds, two.Holds));

        while (two.Holds < Width / 2)
        {
            one.Finish(1);
            await Task.Delay(1, TestContext.Current.CancellationToken);
            Assert.InRange(one.Holds, Width / 2, Width);
        }

        for (var i = 0; i < 100; i++)
        {
            one.Finish(3);
            two.Finish(2);
            Assert.Equal((Width / 2, Width / 2), (one.Holds, two.Holds));
        }
    }

    [Fact]
    public async Task Release_NobodyOfItsOwnWaits_HoldsNothing()
    {
        await using var first = await file.OpenAsync();
        await using var second = await file.OpenAsync();
        var (one, two) = (new SlotWorker(first.ShareSlots(SlotPool.Agents, Width)), new SlotWorker(second.ShareSlots(SlotPool.Agents, Width)));
        one.Want(Width);

        one.Finish(Width);

        two.Want(Width);
        Assert.Equal(Width, two.Holds);
    }

    [Fact]
    public async Task Release_OneOfTwoIsDone_TheOtherHasAll()
    {
        await using var first = await file.OpenAsync();
        await using var second = await file.OpenAsync();
        var (one, two) = (new SlotWorker(first.ShareSlots(SlotPool.Agents, Width)), new SlotWorker(second.ShareSlots(SlotPool.Agents, Width)));
        one.Want(Width / 2);
        two.Want(10_000);
        Assert.Equal(Width / 2, two.Holds);

        one.Finish(Width / 2);

        await two.WaitAsync(holds => holds == Width);
    }

    [Fact]
    public async Task TryTake_HolderKilled_HasItsSlots()
    {
        using var child = JournalChild.Start("slots", file.Path, "wf_1");
        Assert.Equal("held", await child.ReadAsync());
        await using var journal = await file.OpenAsync();
        var worker = new SlotWorker(journal.ShareSlots(SlotPool.Agents, Width));
        worker.Want(100);
        Assert.Equal(0, worker.Holds);

        await child.KillAsync();

        await worker.WaitAsync(holds => holds == Width);
    }

    [Fact]
    public async Task TryTake_AfterAllWereKilled_StartsAnew()
    {
        using (var child = JournalChild.Start("slots", file.Path, "wf_1"))
        {
            await child.ReadAsync();
            await child.KillAsync();
        }

        await using var journal = await file.OpenAsync();
        var worker = new SlotWorker(journal.ShareSlots(SlotPool.Agents, Width));

        worker.Want(Width);

        Assert.Equal(Width, worker.Holds);
    }

    /// <summary>Calls that want slots, as the gate of an engine has them.</summary>
    internal sealed class SlotWorker
    {
        private readonly Lock gate = new();
        private readonly IAgentSlots slots;
        private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int waiting;

        public SlotWorker(IAgentSlots slots)
        {
            this.slots = slots;
            slots.OnFree(Admit);
        }

        public int Holds { get; private set; }

        public void Want(int calls)
        {
            lock (gate)
            {
                waiting += calls;
            }

            Admit();
        }

        /// <summary>So many calls end, and those that wait take their places.</summary>
        public void Finish(int calls)
        {
            for (var i = 0; i < calls; i++)
            {
                lock (gate)
                {
                    Holds--;
                    slots.Release(waiting);
                    Admit();
                }
            }
        }

        public async Task WaitAsync(Func<int, bool> holds)
        {
            while (true)
            {
                Task next;
                lock (gate)
                {
                    if (holds(Holds))
                    {
                        return;
                    }

                    next = changed.Task;
                }

                await next.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            }
        }

        private int Admit()
        {
            lock (gate)
            {
                while (waiting > 0 && slots.TryTake())
                {
                    waiting--;
                    Holds++;
                }

                changed.TrySetResult();
                changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return waiting;
            }
        }
    }
}
