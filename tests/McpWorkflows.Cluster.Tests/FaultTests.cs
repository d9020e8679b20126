using System.Text;
using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Cluster.Workspaces;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;
using RabbitMQ.Client;

namespace McpWorkflows.Cluster.Tests;

/// <summary>What goes wrong around calls, and must not become their fate.</summary>
public sealed class FaultTests
{
    private static readonly CallNeed Need = new("test/model", [], CallNeed.NoWorkspace);

    [Fact]
    public async Task Call_GivenBackByWorkersThatWereToldToStop_IsNotTakenForPoison()
    {
        await using var cluster = await TestCluster.StartAsync();
        var asked = cluster.AskAsync(cluster.AddOwner(), "hello");
        for (var number = 1; number <= 7; number++)
        {
            var began = new TaskCompletionSource();
            var worker = cluster.AddWorker(Endless(began), $"w{number}", drain: TimeSpan.Zero);
            await began.Task.WaitAsync(cluster.Token);
            await cluster.StopAsync(worker);
        }

        cluster.AddWorker(DelegateHost.Echo(), "last");

        Assert.Equal("\"hello\"", (await asked).AnswerJson);
    }

    [Fact]
    public async Task Call_WhoseMessageDiedWithoutAnyWorkersDeath_GoesToItsQueueAgain()
    {
        await using var cluster = await TestCluster.StartAsync();
        var asked = cluster.AskAsync(cluster.AddOwner(), "hello");
        await using var session = await BrokerSession.OpenAsync(new Uri(cluster.Broker), "a consumer that wants nothing", cluster.Token);
        await MessageAsync(session, cluster);
        var refused = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tag = await session.ConsumeAsync(
            Need.Queue,
            autoAck: false,
            delivery =>
            {
                _ = Task.Run(() => session.Channel.BasicRejectAsync(delivery.DeliveryTag, requeue: false).AsTask());
                if (Interlocked.Increment(ref refused) == 8)
                {
                    enough.SetResult();
                }
            },
            null,
            cluster.Token);
        await enough.Task.WaitAsync(cluster.Token);
        await session.Channel.BasicCancelAsync(tag, cancellationToken: cluster.Token);
        cluster.AddWorker(DelegateHost.Echo());

        Assert.Equal("\"hello\"", (await asked).AnswerJson);
    }

    [Fact]
    public async Task Call_WhoseMessageWasLost_IsSentAgain()
    {
        await using var cluster = await TestCluster.StartAsync();
        var asked = cluster.AskAsync(cluster.AddOwner(), "hello");
        await using var session = await BrokerSession.OpenAsync(new Uri(cluster.Broker), "somebody who spills", cluster.Token);
        await MessageAsync(session, cluster);
        Assert.Equal(1u, await session.Channel.QueuePurgeAsync(Need.Queue, cluster.Token));

        cluster.AddWorker(DelegateHost.Echo());

        Assert.Equal("\"hello\"", (await asked).AnswerJson);
    }

    /// <summary>Its message is with the worker: sent again, the call would be done twice.</summary>
    [Fact]
    public async Task Call_OfAWorkerThatIsLateWithItsSignOfLife_IsNotTakenForLost()
    {
        await using var cluster = await TestCluster.StartAsync();
        var (began, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.AddWorker(
            new DelegateHost(async (_, _, cancellationToken) =>
            {
                began.TrySetResult();
                await release.Task.WaitAsync(cancellationToken);
                return DelegateHost.Answer("late");
            }),
            "late",
            width: 1);
        var asked = cluster.AskAsync(cluster.AddOwner(), "hello");
        await began.Task.WaitAsync(cluster.Token);
        var other = DelegateHost.Echo();
        cluster.AddWorker(other, "other", lifetime: TimeSpan.FromHours(1));

        cluster.Ledger.Fails = static worker => worker == "late";
        await cluster.UntilAsync(() => !cluster.Ledger.Lives("late"));
        var searches = 0;
        cluster.Ledger.OnFound = () =>
        {
            if (++searches == 2)
            {
                cluster.Ledger.Fails = null;
                _ = cluster.Ledger.BeatAsync(new WorkerCard { Name = "late", Width = 1, Models = ["*"], Tools = [], Workspaces = [] }, TimeSpan.FromHours(1), [], cluster.Token);
            }
        };
        await cluster.UntilAsync(() => asked.IsCompleted || searches >= 3);
        release.SetResult();

        Assert.Equal(("\"late\"", 0), ((await asked).AnswerJson, other.Asked));
    }

    [Fact]
    public async Task Outcome_OfWhichNobodyTold_IsFoundInTheLedger()
    {
        await using var cluster = await TestCluster.StartAsync();
        var asked = cluster.AskAsync(cluster.AddOwner(), "hello");
        await cluster.UntilAsync(() => cluster.Ledger.Posted == 1);

        await cluster.Ledger.CompleteAsync(new CallTicket("wf_test", cluster.Request("hello").Key!, 1), Messages.ClusterJson.Write(DelegateHost.Answer("hello")), cluster.Token);

        Assert.Equal("\"hello\"", (await asked).AnswerJson);
    }

    [Fact]
    public async Task DeadLetters_OfNobodyKnown_KeepNoOthersOut()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var session = await BrokerSession.OpenAsync(new Uri(cluster.Broker), "somebody else", cluster.Token);
        foreach (var text in Enumerable.Repeat<string[]>(["{}", """{"ticket":{}}""", "nonsense"], 10).SelectMany(static texts => texts))
        {
            await session.PublishAsync(Topology.Dead, Encoding.UTF8.GetBytes(text), null, cluster.Token);
        }

        cluster.AddOwner();

        await cluster.UntilAsync(() => cluster.Notices.Count(notice => notice.Contains("none of this release's", StringComparison.Ordinal)) == 30);
        Assert.Equal(0u, await session.Channel.MessageCountAsync(Topology.Dead, cluster.Token));
    }

    [Fact]
    public async Task DeadLetter_ThatTheLedgerWouldNotTake_IsTriedAgain()
    {
        await using var cluster = await TestCluster.StartAsync();
        var asked = cluster.AskAsync(cluster.AddOwner(), "hello");
        await cluster.UntilAsync(() => cluster.Ledger.Posted == 1);
        cluster.Ledger.Fails = static worker => worker == "dead-letters";
        await using var session = await BrokerSession.OpenAsync(new Uri(cluster.Broker), "a consumer that wants nothing", cluster.Token);
        await MessageAsync(session, cluster);
        var got = await session.Channel.BasicGetAsync(Need.Queue, autoAck: false, cluster.Token);
        Assert.NotNull(got);
        await session.Channel.BasicRejectAsync(got.DeliveryTag, requeue: false, cluster.Token);
        await cluster.UntilAsync(() => cluster.Notices.Any(notice => notice.StartsWith("A dead letter could not be dealt with", StringComparison.Ordinal)));
        cluster.Ledger.Fails = null;
        cluster.AddWorker(DelegateHost.Echo());

        Assert.Equal("\"hello\"", (await asked).AnswerJson);
    }

    [Fact]
    public async Task Worker_WhoseSignOfLifeFailed_GoesOnWithTheNext()
    {
        await using var cluster = await TestCluster.StartAsync();
        var worker = cluster.AddWorker(DelegateHost.Echo(), "w1");
        await cluster.UntilAsync(() => cluster.Ledger.Lives("w1"));

        cluster.Ledger.Fails = static _ => true;
        await cluster.UntilAsync(() => !cluster.Ledger.Lives("w1") && cluster.Notices.Any(notice => notice.Contains("sign of life", StringComparison.Ordinal)));
        cluster.Ledger.Fails = null;

        await cluster.UntilAsync(() => cluster.Ledger.Lives("w1"));
        await cluster.StopAsync(worker);
    }

    [Fact]
    public async Task Answer_OfAnAgentThatTookItsFolderAway_IsKept()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddWorker(new DelegateHost((request, _, _) =>
        {
            Directory.Delete(request.Workspace);
            return Task.FromResult(DelegateHost.Answer(request.Prompt));
        }));

        Assert.Equal("\"hello\"", (await cluster.AskAsync(cluster.AddOwner(), "hello")).AnswerJson);
    }

    [Fact]
    public async Task Answer_ThatTheLedgerRefuses_IsKeptUntilItIsTaken()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Ledger.RefusedOutcomes = 3;
        var asked = 0;
        cluster.AddWorker(new DelegateHost((request, _, _) =>
        {
            Interlocked.Increment(ref asked);
            return Task.FromResult(DelegateHost.Answer(request.Prompt));
        }));

        Assert.Equal("\"hello\"", (await cluster.AskAsync(cluster.AddOwner(), "hello")).AnswerJson);
        Assert.Equal((1, 0), (asked, cluster.Ledger.RefusedOutcomes));
        Assert.Single(cluster.Notices, static notice => notice.Contains("could not be stored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Link_WhoseSetUpFailsInAnUnknownWay_TriesAgain()
    {
        await using var cluster = await TestCluster.StartAsync();
        var tries = 0;
        await using var link = new BrokerLink(
            new Uri(cluster.Broker),
            "test",
            TimeProvider.System,
            (_, _) => Interlocked.Increment(ref tries) == 1 ? throw new InvalidOperationException("unknown") : Task.CompletedTask,
            cluster.Notices.Enqueue);
        link.Start();

        await link.SessionAsync(cluster.Token);

        Assert.Equal(2, tries);
        Assert.Contains("(unknown)", cluster.Notices.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkout_LeftHalfDoneByADeadWorker_IsMadeAnew()
    {
        var folder = Directory.CreateTempSubdirectory("mcpworkflows-checkouts-").FullName;
        try
        {
            var (origin, cache) = (Path.Combine(folder, "origin"), Path.Combine(folder, "cache"));
            Directory.CreateDirectory(origin);
            File.WriteAllText(Path.Combine(origin, "fact.txt"), "fact");
            foreach (var arguments in new string[][] { ["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "one"] })
            {
                Assert.True((await GitProgram.TryAsync(origin, arguments, TestContext.Current.CancellationToken)).Ok);
            }

            var commit = (await GitProgram.TryAsync(origin, ["rev-parse", "HEAD"], TestContext.Current.CancellationToken)).Output;
            var workspace = new RemoteWorkspace(origin, commit, "");
            var tree = (await new Checkouts(cache).OpenAsync(workspace, TestContext.Current.CancellationToken)).Folder!;
            File.Delete($"{tree}.ready");
            File.Delete(Path.Combine(tree, "fact.txt"));

            var (again, problem) = await new Checkouts(cache).OpenAsync(workspace, TestContext.Current.CancellationToken);

            Assert.Equal((tree, null), (again, problem));
            Assert.Equal("fact", File.ReadAllText(Path.Combine(tree, "fact.txt")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Waits for a message in the queue. RabbitMQ ends connections that want something of a quorum queue without a leader; one with a message has one.</summary>
    private static async Task MessageAsync(BrokerSession session, TestCluster cluster)
    {
        while (await session.CountAsync(Need, cluster.Token) == 0)
        {
            await Task.Delay(10, cluster.Token);
        }
    }

    private static DelegateHost Endless(TaskCompletionSource began) => new(async (_, _, cancellationToken) =>
    {
        began.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return DelegateHost.Answer("");
    });
}
