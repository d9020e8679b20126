using McpWorkflows.Agents.Limits;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Agents.Tests.Limits;

public sealed class ProviderSlotsTests
{
    private static readonly LimitTicket Ticket = new(10, 0, new Patience(3, IsAsked: false));

    [Fact]
    public async Task EnterAsync_OthersHaveTheSlots_WaitsUntilTheyAreFreeAndTellsHowManyWait()
    {
        var pool = new Pool { Free = 1 };
        using var limits = NewLimits((name, width) => (name, width) == ("provider:acme", 2) ? pool : null, 2);
        var first = limits.TryEnter(Ticket)!;
        Assert.Null(limits.TryEnter(Ticket));
        var second = limits.EnterAsync(Ticket, TestContext.Current.CancellationToken);
        var third = limits.EnterAsync(Ticket, TestContext.Current.CancellationToken);
        Assert.Equal(1, pool.Retry());

        pool.Free = 5;
        Assert.Equal(0, pool.Retry());

        Assert.NotNull((await second).Permit);
        Assert.False(third.IsCompleted);
        first.Permit!.Succeed(10);
        Assert.Equal(1, pool.Wanted);
        Assert.NotNull((await third).Permit);
        (await second).Permit!.Release();
        (await third).Permit!.Release();
        Assert.Equal(6, pool.Free);
    }

    [Fact]
    public void TryEnter_NoJournalYet_PassesAndReturnsNoSlotThatItDidNotTake()
    {
        Pool? pool = null;
        using var limits = NewLimits((_, _) => pool, 2);
        var early = limits.TryEnter(Ticket)!;
        pool = new Pool { Free = 1 };
        var late = limits.TryEnter(Ticket)!;

        early.Permit!.Release();
        Assert.Equal(0, pool.Free);
        late.Permit!.Release();
        Assert.Equal(1, pool.Free);
    }

    [Fact]
    public void TryEnter_ProviderWithoutABound_TakesNoSlots()
    {
        using var limits = NewLimits((_, _) => throw new InvalidOperationException("Nothing bounds it."), null);

        Assert.NotNull(limits.TryEnter(Ticket)?.Permit);
    }

    private static ModelLimits NewLimits(Func<string, int, IAgentSlots?> share, int? width) => new(
        "acme",
        new ProviderSettings { Name = "acme", MaxConcurrency = width },
        new AgentHostOptions { Models = ModelConfiguration.FromEnvironment(static _ => null), ShareSlots = share });

    private sealed class Pool : IAgentSlots
    {
        public int Free { get; set; }

        public int Wanted { get; private set; }

        public Func<int> Retry { get; private set; } = static () => 0;

        public bool TryTake()
        {
            if (Free == 0)
            {
                return false;
            }

            Free--;
            return true;
        }

        public void Release(int wanted) => (Free, Wanted) = (Free + 1, wanted);

        public void OnFree(Func<int> retry) => Retry = retry;

        public void Dispose()
        {
        }
    }
}
