using McpWorkflows.Agents.Limits;
using McpWorkflows.Agents.Tests.Harness;

namespace McpWorkflows.Agents.Tests.Limits;

public sealed class CacheWarmthTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Siblings_OfAFirstThatHangs_GoAfterAWhile()
    {
        var time = new ManualTime();
        var warmth = new CacheWarmth(time);
        var first = await warmth.EnterAsync("same", Cancellation);
        var siblings = Enumerable.Range(0, 20).Select(_ => warmth.EnterAsync("same", Cancellation)).ToArray();

        time.Advance(TimeSpan.FromSeconds(14));
        Assert.All(siblings, sibling => Assert.False(sibling.IsCompleted));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.All(await Task.WhenAll(siblings).WaitAsync(AgentBench.Patience, Cancellation), Assert.Null);
        Assert.False(first!.IsOver);
    }

    [Fact]
    public async Task Siblings_OfAFirstThatFails_SendOneOfThemAhead()
    {
        var warmth = new CacheWarmth(new ManualTime());
        var first = await warmth.EnterAsync("same", Cancellation);
        var siblings = Enumerable.Range(0, 5).Select(_ => warmth.EnterAsync("same", Cancellation)).ToList();

        first!.End();

        var second = await await Task.WhenAny(siblings);
        Assert.NotNull(second);
        second.Succeed();
        var others = await Task.WhenAll(siblings).WaitAsync(AgentBench.Patience, Cancellation);
        Assert.Equal(4, others.Count(other => other is null));
    }

    [Fact]
    public async Task Sibling_ThatIsCancelled_WaitsNoLonger()
    {
        var warmth = new CacheWarmth(new ManualTime());
        await warmth.EnterAsync("same", Cancellation);
        using var cancel = new CancellationTokenSource();
        var sibling = warmth.EnterAsync("same", cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sibling);
    }

    [Fact]
    public async Task Beginning_StaysWarmForSomeMinutes_AndThenIsWarmedAnew()
    {
        var time = new ManualTime();
        var warmth = new CacheWarmth(time);
        (await warmth.EnterAsync("same", Cancellation))!.Succeed();

        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Null(await warmth.EnterAsync("same", Cancellation));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.NotNull(await warmth.EnterAsync("same", Cancellation));
        Assert.NotNull(await warmth.EnterAsync("another", Cancellation));
    }
}
