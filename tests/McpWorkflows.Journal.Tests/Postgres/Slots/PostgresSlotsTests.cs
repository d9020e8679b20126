using McpWorkflows.Journal.Postgres.Slots;
using McpWorkflows.Journal.Tests.Slots;
using McpWorkflows.Testing.Servers;
using McpWorkflows.Testing.Time;
using Npgsql;

namespace McpWorkflows.Journal.Tests.Postgres.Slots;

public sealed class PostgresSlotsTests : IAsyncLifetime
{
    private const int Width = 16;

    private readonly List<SlotKeeper> keepers = [];
    private CoordinationDatabase database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await CoordinationDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var keeper in keepers)
        {
            await keeper.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task TryTake_Alone_GivesAllAtOnceAndNoMore()
    {
        // On a clock that stands, so that no lease has to be renewed.
        var keeper = NewKeeper(time: new ManualTime());
        var worker = new SharedSlotsTests.SlotWorker(keeper.Share("agents", Width));

        worker.Want(100);

        await worker.WaitAsync(holds => holds == Width);
        Assert.Equal(1, keeper.Exchanges);
        worker.Finish(Width);
        Assert.Equal(Width, worker.Holds);
    }

    [Fact]
    public async Task TryTake_AnotherHasThemAll_IsRefusedUntilOneIsGivenBack()
    {
        var (one, two) = (NewWorker(), NewWorker());
        one.Want(Width);
        await one.WaitAsync(holds => holds == Width);
        two.Want(1);
        await UntilAsync(async () => await RowsAsync() == 2);
        Assert.Equal((Width, 0), (await HeldAsync(), two.Holds));

        one.Finish(1);

        await two.WaitAsync(holds => holds == 1);
        Assert.Equal(Width - 1, one.Holds);
    }

    [Fact]
    public async Task TryTake_OtherPool_HasSlotsOfItsOwn()
    {
        var keeper = NewKeeper();
        var (agents, provider) = (new SharedSlotsTests.SlotWorker(keeper.Share("agents", 4)), new SharedSlotsTests.SlotWorker(keeper.Share("provider:openai", 2)));

        agents.Want(10);
        provider.Want(10);

        await agents.WaitAsync(holds => holds == 4);
        await provider.WaitAsync(holds => holds == 2);
    }

    [Fact]
    public async Task Release_OthersWait_BusyOnesHaveEqualSharesAndNoneIsIdle()
    {
        var workers = new[] { NewWorker(), NewWorker(), NewWorker() };
        workers[0].Want(100_000);
        await workers[0].WaitAsync(holds => holds == Width);
        workers[1].Want(100_000);
        workers[2].Want(3);

        // The first gives way as its calls end, down to what is fair: 3 for the one that wants no more, the rest in halves.
        await UntilAsync(
            () => workers[1].Holds is 6 or 7 && workers[2].Holds == 3 && workers.Sum(worker => worker.Holds) == Width,
            () => workers[0].Finish(workers[0].Holds > 6 ? 1 : 0));
    }

    [Fact]
    public async Task Release_OneOfTwoIsDone_TheOtherHasAll()
    {
        var (one, two) = (NewWorker(), NewWorker());
        one.Want(Width / 2);
        await one.WaitAsync(holds => holds == Width / 2);
        two.Want(10_000);
        await two.WaitAsync(holds => holds == Width / 2);

        one.Finish(Width / 2);

        await two.WaitAsync(holds => holds == Width);
    }

    [Fact]
    public async Task TryTake_MoreProcessesThanSlots_EachHasItsTurn()
    {
        var workers = Enumerable.Range(0, 5).Select(_ => NewWorker(width: 2)).ToArray();
        var turns = new int[workers.Length];
        foreach (var worker in workers)
        {
            worker.Want(100_000);
        }

        await UntilAsync(
            () => turns.All(count => count > 3),
            () =>
            {
                for (var i = 0; i < workers.Length; i++)
                {
                    turns[i] += workers[i].Holds;
                    workers[i].Finish(workers[i].Holds);
                }
            });
    }

    [Fact]
    public async Task TryTake_HolderGoneWithoutAWord_HasItsSlotsWhenTheLeaseIsOver()
    {
        using var relay = new TcpRelay((await PostgresServer.SharedAsync()).Port);
        var (one, two) = (NewWorker(relay: relay), NewWorker());
        one.Want(Width);
        await one.WaitAsync(holds => holds == Width);
        relay.Cut();

        two.Want(Width);

        await two.WaitAsync(holds => holds == Width);

        // Cut off, it starts nothing; and when it is back, what is still in flight there is counted.
        one.Finish(8);
        one.Want(8);
        Assert.Equal(8, one.Holds);
        relay.Mend();
        await UntilAsync(async () => await HeldAsync() == Width + 8);
        two.Finish(8);
        Assert.Equal(8, two.Holds);
        two.Finish(8);
        await one.WaitAsync(holds => holds == Width);
    }

    [Fact]
    public async Task Release_NothingWaits_TheBlockIsGivenBackAndNothingIsSaidAnyMore()
    {
        var time = new ManualTime();
        var keeper = NewKeeper(time: time);
        var worker = new SharedSlotsTests.SlotWorker(keeper.Share("agents", Width));
        worker.Want(Width);
        await worker.WaitAsync(holds => holds == Width);

        worker.Finish(Width);
        await time.WaitForTimerAsync(SlotTerms.Default.Linger, Cancellation);
        Assert.Equal(1, await RowsAsync());
        time.Advance(SlotTerms.Default.Linger);

        await UntilAsync(async () => await RowsAsync() == 0);
        Assert.Equal(2, keeper.Exchanges);
    }

    [Fact]
    public async Task DisposeAsync_InFlight_LeavesNoBlockBehind()
    {
        var keeper = NewKeeper();
        var worker = new SharedSlotsTests.SlotWorker(keeper.Share("agents", Width));
        worker.Want(3);
        await worker.WaitAsync(holds => holds == 3);

        await keeper.DisposeAsync();

        Assert.Equal(0, await RowsAsync());
        keepers.Clear();
    }

    private static async Task UntilAsync(Func<bool> condition, Action step) => await UntilAsync(() =>
    {
        step();
        return Task.FromResult(condition());
    });

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private async Task<long> HeldAsync() => await ReadAsync("SELECT coalesce(sum(Held), 0)::bigint FROM Slots");

    private async Task<long> RowsAsync() => await ReadAsync("SELECT count(*) FROM Slots");

    private async Task<long> ReadAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(database.Text);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    /// <param name="relay">To what will be cut; then the lease is short.</param>
    private SlotKeeper NewKeeper(TcpRelay? relay = null, TimeProvider? time = null)
    {
        var terms = relay is null ? SlotTerms.Default : new SlotTerms(TimeSpan.FromMilliseconds(900));
        var keeper = new SlotKeeper(database.Connect(relay), $"owner-{keepers.Count}", time ?? TimeProvider.System, terms);
        keepers.Add(keeper);
        return keeper;
    }

    private SharedSlotsTests.SlotWorker NewWorker(TcpRelay? relay = null, int width = Width) => new(NewKeeper(relay).Share("agents", width));
}
