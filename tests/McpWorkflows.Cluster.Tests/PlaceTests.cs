using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Cluster.Workers;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;
using RabbitMQ.Client;

namespace McpWorkflows.Cluster.Tests;

/// <summary>For what a worker that meets several needs uses its places.</summary>
public sealed class PlaceTests
{
    [Theory]
    [InlineData(16, "0", "16")]
    [InlineData(16, "500", "16")]
    [InlineData(16, "500 500", "8 8")]
    [InlineData(16, "0 0", "8 8")]
    [InlineData(16, "16 0", "16 0")]
    [InlineData(16, "15 0", "15 1")]
    [InlineData(16, "500 1 500", "7 1 8")]
    [InlineData(2, "9 9 9", "0 1 1")]
    [InlineData(2, "0 0 0", "1 1 0")]
    [InlineData(10, "2 0 3", "4 2 4")]
    public void Shares_GiveEachNeedWhatItWantsAndDivideTheRest(int places, string wanted, string shares)
    {
        var given = PlaceShares.Of(places, [.. wanted.Split(' ').Select(int.Parse)]);

        Assert.Equal(shares, string.Join(' ', given));
        Assert.Equal(places, given.Sum());
    }

    /// <summary>Its calls may take an hour, and those that wait with it would wait as long.</summary>
    [Fact]
    public async Task FullWorker_OfSeveralNeeds_HoldsNoCallThatAnotherCouldDo()
    {
        await using var cluster = await TestCluster.StartAsync();
        var release = new TaskCompletionSource();
        var host = new DelegateHost(async (request, _, cancellationToken) =>
        {
            if (request.Prompt.StartsWith("long", StringComparison.Ordinal))
            {
                await release.Task.WaitAsync(cancellationToken);
            }

            return DelegateHost.Answer(request.Prompt);
        });
        var full = cluster.AddWorker(host, "full", width: 2);
        var owner = cluster.AddOwner();
        foreach (var model in new[] { "test/a", "test/b", "test/c" })
        {
            await AskAsync($"first of {model}", model);
        }

        var endless = Enumerable.Range(0, 2).Select(number => AskAsync($"long {number}", "test/a")).ToArray();
        await cluster.UntilAsync(() => host.Asked == 5);
        var others = new[] { "test/b", "test/c" }.SelectMany(model => Enumerable.Range(0, 4).Select(number => AskAsync($"{number} of {model}", model))).ToArray();
        await cluster.UntilAsync(() => cluster.Ledger.Posted == 13);
        cluster.AddWorker(DelegateHost.Echo(), "free", width: 2);

        await Task.WhenAll(others);
        Assert.Equal((2, 5), (full.Taken, host.Asked));
        release.SetResult();
        await Task.WhenAll(endless);

        Task<AgentOutcome> AskAsync(string prompt, string model) => cluster.AskAsync(owner, prompt, new AgentOptions { Model = model });
    }

    [Fact]
    public async Task BusyWorker_OfSeveralNeeds_DoesCallsOfEach()
    {
        await using var cluster = await TestCluster.StartAsync();
        var asked = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var host = new DelegateHost(async (request, _, cancellationToken) =>
        {
            asked.Enqueue(request.Prompt);
            await Task.Delay(20, cancellationToken);
            return DelegateHost.Answer(request.Prompt);
        });
        var worker = cluster.AddWorker(host, width: 4);
        var owner = cluster.AddOwner();

        var many = Enumerable.Range(0, 400).Select(number => cluster.AskAsync(owner, $"{number}", new AgentOptions { Model = "test/many" })).ToArray();
        await cluster.UntilAsync(() => worker.AtWork == 4);
        var few = Enumerable.Range(0, 8).Select(number => cluster.AskAsync(owner, $"few {number}", new AgentOptions { Model = "test/few" })).ToArray();
        await Task.WhenAll(few.Concat(many));

        // Not when all others are done, as they would be if places stayed with the need that had them first.
        Assert.InRange(asked.ToList().FindLastIndex(static prompt => prompt.StartsWith("few", StringComparison.Ordinal)), 8, 380);
        Assert.Equal((408, 4), (host.Asked, host.HighWater));
    }

    [Fact]
    public async Task Worker_WhosePlacesOneNeedLeavesIdle_UsesThemAllForTheOther()
    {
        await using var cluster = await TestCluster.StartAsync();
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var atWork = 0;
        var host = new DelegateHost(async (request, _, cancellationToken) =>
        {
            if (request.Prompt.StartsWith("call", StringComparison.Ordinal))
            {
                if (Interlocked.Increment(ref atWork) == 8)
                {
                    full.SetResult();
                }

                await full.Task.WaitAsync(cancellationToken);
            }

            return DelegateHost.Answer(request.Prompt);
        });
        cluster.AddWorker(host, width: 8);
        var owner = cluster.AddOwner();
        foreach (var model in new[] { "test/a", "test/b", "test/c" })
        {
            await cluster.AskAsync(owner, $"first of {model}", new AgentOptions { Model = model });
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => cluster.AskAsync(owner, $"call {number}", new AgentOptions { Model = "test/b" })));

        Assert.Equal(8, host.HighWater);
    }

    [Fact]
    public async Task Stop_WhileConsumersAreBeingSetUp_LeavesNone()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var session = await BrokerSession.OpenAsync(new Uri(cluster.Broker), "a worker", cluster.Token);
        for (var round = 0; round < 20; round++)
        {
            var need = new CallNeed($"test/{round}", [], CallNeed.NoWorkspace);
            var taken = 0;
            var card = new WorkerCard { Name = "worker", Width = 4, Models = ["*"], Tools = [], Workspaces = ["*"] };
            var consumers = new NeedConsumers(card, TimeSpan.FromMilliseconds(1), TimeProvider.System, (_, _, _) => Interlocked.Increment(ref taken));
            using var end = new CancellationTokenSource();
            var running = consumers.RunAsync(end.Token);
            await session.DeclareAsync(need, cluster.Token);
            await consumers.StartAsync(session, cluster.Token);

            consumers.Hear(session, need);
            for (var step = 0; step < round; step++)
            {
                await Task.Yield();
            }

            await consumers.StopAsync();
            Assert.Equal(0u, await session.Channel.ConsumerCountAsync(need.Queue, cluster.Token));
            await session.PublishAsync(need.Queue, [1], null, cluster.Token);
            Assert.Equal((1u, 0u, 0), (await session.Channel.MessageCountAsync(need.Queue, cluster.Token), await session.Channel.ConsumerCountAsync(need.Queue, cluster.Token), taken));
            await end.CancelAsync();
            await running;
        }
    }
}
