using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Servers;
using RabbitMQ.Client;

namespace McpWorkflows.Cluster.Tests;

public sealed class DeathTests
{
    private static readonly CallNeed Need = new("test/model", [], CallNeed.NoWorkspace);

    [Fact]
    public async Task Worker_Killed_HasItsCallsDoneByAnother()
    {
        await using var cluster = await TestCluster.StartAsync();
        var began = new TaskCompletionSource();
        var first = cluster.AddWorker(new DelegateHost(async (_, _, cancellationToken) =>
        {
            began.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return DelegateHost.Answer("");
        }));

        var asked = cluster.AskAsync(cluster.AddOwner(lostAfter: TimeSpan.FromHours(1)), "hello");
        await began.Task.WaitAsync(cluster.Token);
        await cluster.KillAsync(first);
        cluster.AddWorker(DelegateHost.Echo(), "second");

        Assert.Equal("\"hello\"", (await asked).AnswerJson);
    }

    [Fact]
    public async Task Worker_ToldToStop_FinishesWhatItHas()
    {
        await using var cluster = await TestCluster.StartAsync();
        var (began, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var worker = cluster.AddWorker(new DelegateHost(async (request, _, cancellationToken) =>
        {
            began.TrySetResult();
            await release.Task.WaitAsync(cancellationToken);
            return DelegateHost.Answer(request.Prompt);
        }), drain: TestCluster.Patience);

        var asked = cluster.AskAsync(cluster.AddOwner(), "hello");
        await began.Task.WaitAsync(cluster.Token);
        await using var session = await BrokerSession.OpenAsync(new Uri(cluster.Broker), "somebody who looks", cluster.Token);
        var stopping = cluster.StopAsync(worker);
        // The broker counts the consumer of a message until that is acknowledged.
        while (await session.Channel.ConsumerCountAsync(Need.Queue, cluster.Token) > 1)
        {
            await Task.Delay(10, cluster.Token);
        }

        Assert.False(stopping.IsCompleted);
        release.SetResult();

        await stopping;
        Assert.Equal("\"hello\"", (await asked).AnswerJson);
    }

    [Fact]
    public async Task Worker_ToldToStop_GivesBackWhatItCannotFinish()
    {
        await using var cluster = await TestCluster.StartAsync();
        var began = new TaskCompletionSource();
        var worker = cluster.AddWorker(
            new DelegateHost(async (_, _, cancellationToken) =>
            {
                began.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return DelegateHost.Answer("");
            }),
            drain: TimeSpan.Zero,
            lifetime: TimeSpan.FromHours(1));

        var asked = cluster.AskAsync(cluster.AddOwner(), "hello");
        await began.Task.WaitAsync(cluster.Token);
        await cluster.StopAsync(worker);
        cluster.AddWorker(DelegateHost.Echo(), "second");

        Assert.Equal("\"hello\"", (await asked).AnswerJson);
    }

    /// <summary>Two workers died with it, so it waits to be alone in this one; that may take as long as the worker's other calls do.</summary>
    [Fact]
    public async Task Worker_ToldToStop_GivesBackAtOnceWhatWaitsInIt()
    {
        await using var cluster = await TestCluster.StartAsync();
        var (began, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var host = new DelegateHost(async (request, _, _) =>
        {
            began.TrySetResult();
            await release.Task;
            return DelegateHost.Answer(request.Prompt);
        });
        var worker = cluster.AddWorker(host, "worker", drain: TestCluster.Patience, lifetime: TimeSpan.FromHours(1));
        var owner = cluster.AddOwner(lostAfter: TimeSpan.FromHours(1));
        var asked = cluster.AskAsync(owner, "hello");
        await began.Task.WaitAsync(cluster.Token);
        var suspect = await cluster.Ledger.PostAsync("wf_test", cluster.Request("suspect").Key!, "", cluster.Token);
        await cluster.Ledger.ClaimAsync(suspect.Ticket, "dead 1", cluster.Token);
        await cluster.Ledger.ClaimAsync(suspect.Ticket, "dead 2", cluster.Token);
        var claims = 0;
        cluster.Ledger.Fails = _ => Interlocked.Increment(ref claims) == 0;
        _ = cluster.AskAsync(owner, "suspect");
        await cluster.UntilAsync(() => claims > 0 && worker.Waiting == 1);
        await using var session = await BrokerSession.OpenAsync(new Uri(cluster.Broker), "somebody who looks", cluster.Token);

        var stopping = cluster.StopAsync(worker);
        while (await session.Channel.MessageCountAsync(Need.Queue, cluster.Token) == 0)
        {
            await Task.Delay(10, cluster.Token);
        }

        Assert.Equal((false, 1), (stopping.IsCompleted, host.Asked));
        release.SetResult();
        await stopping;
        Assert.Equal("\"hello\"", (await asked).AnswerJson);
    }

    [Fact]
    public async Task Call_WithWhichFiveWorkersDied_BecomesAFailureThatSaysSo()
    {
        await using var cluster = await TestCluster.StartAsync();
        var asked = cluster.AskAsync(cluster.AddOwner(), "poison");
        for (var number = 1; number <= 5; number++)
        {
            var began = new TaskCompletionSource();
            var worker = cluster.AddWorker(
                new DelegateHost(async (_, _, cancellationToken) =>
                {
                    began.TrySetResult();
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    return DelegateHost.Answer("");
                }),
                $"w{number}");
            await began.Task.WaitAsync(cluster.Token);
            await cluster.KillAsync(worker);
        }

        cluster.AddWorker(DelegateHost.Echo(), "last");

        var outcome = await asked;
        Assert.Equal(AgentOutcomeKind.Failed, outcome.Kind);
        Assert.StartsWith("5 workers died with this call", outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_BesideOneThatKillsItsWorkers_AreDoneAllTheSame()
    {
        await using var cluster = await TestCluster.StartAsync();
        var owner = cluster.AddOwner();
        var poisoned = cluster.AskAsync(owner, "poison");
        var others = Enumerable.Range(0, 3).Select(number => cluster.AskAsync(owner, $"call {number}")).ToArray();
        for (var number = 1; number <= 5; number++)
        {
            // What begins with the poison is still at work when that kills.
            var began = new TaskCompletionSource();
            var worker = cluster.AddWorker(
                new DelegateHost(async (request, _, cancellationToken) =>
                {
                    if (request.Prompt == "poison")
                    {
                        began.TrySetResult();
                        await Task.Delay(Timeout.Infinite, cancellationToken);
                    }

                    await Task.Delay(300, cancellationToken);
                    return DelegateHost.Answer(request.Prompt);
                }),
                $"w{number}");
            await began.Task.WaitAsync(cluster.Token);
            await cluster.KillAsync(worker);
        }

        cluster.AddWorker(DelegateHost.Echo(), "last");

        Assert.Equal(AgentOutcomeKind.Failed, (await poisoned).Kind);
        Assert.Equal(["\"call 0\"", "\"call 1\"", "\"call 2\""], (await Task.WhenAll(others)).Select(static outcome => outcome.AnswerJson));
    }

    [Fact]
    public async Task Broker_KilledAndStartedAgain_LosesNoCallAndRepeatsNone()
    {
        await using var server = await RabbitServer.StartNewAsync();
        await using var cluster = new TestCluster(server.TakeVirtualHost());
        var began = new CountdownEvent(4);
        var release = new TaskCompletionSource();
        var host = new DelegateHost(async (request, _, _) =>
        {
            if (began.CurrentCount > 0)
            {
                began.Signal();
            }

            await release.Task;
            return DelegateHost.Answer(request.Prompt);
        });
        cluster.AddWorker(host, width: 4);
        var owner = cluster.AddOwner();

        var asked = Enumerable.Range(0, 40).Select(number => cluster.AskAsync(owner, $"call {number}")).ToArray();
        await Task.Run(() => began.Wait(cluster.Token), cluster.Token);
        await server.SettleAsync(Need.Queue);
        await server.KillAsync();
        var late = Enumerable.Range(40, 10).Select(number => cluster.AskAsync(owner, $"call {number}")).ToArray();
        release.SetResult();
        await server.StartAsync();

        var outcomes = await Task.WhenAll(asked.Concat(late));
        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"\"call {number}\""), outcomes.Select(outcome => outcome.AnswerJson));
        Assert.Equal(50, host.Asked);
        Assert.Contains(cluster.Notices, notice => notice.EndsWith("is back.", StringComparison.Ordinal));
    }
}
