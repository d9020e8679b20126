using McpWorkflows.Cluster.Calls;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Cluster.Tests;

public sealed class DispatchTests
{
    [Fact]
    public async Task Call_OfAnOwner_IsDoneByAWorker()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddWorker(DelegateHost.Echo());

        var outcome = await cluster.AskAsync(cluster.AddOwner(), "hello");

        Assert.Equal("\"hello\"", outcome.AnswerJson);
    }

    [Fact]
    public async Task ManyCalls_NeverExceedTheWidthOfAWorker_AndAllAreDoneOnce()
    {
        await using var cluster = await TestCluster.StartAsync();
        var began = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = new DelegateHost(async (request, _, cancellationToken) =>
        {
            // None ends before all places are taken once.
            if (Interlocked.Increment(ref began) == 4)
            {
                full.SetResult();
            }

            await full.Task.WaitAsync(cancellationToken);
            await Task.Delay(5, cancellationToken);
            return DelegateHost.Answer(request.Prompt);
        });
        cluster.AddWorker(host, width: 4);
        var owner = cluster.AddOwner();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => cluster.AskAsync(owner, $"call {number}")));

        Assert.Equal(Enumerable.Range(0, 100).Select(number => $"\"call {number}\""), outcomes.Select(outcome => outcome.AnswerJson));
        Assert.Equal((100, 4), (host.Asked, host.HighWater));
    }

    [Fact]
    public async Task Calls_OfSeveralNeeds_StayWithinTheWidthOfAWorker()
    {
        await using var cluster = await TestCluster.StartAsync();
        var release = new TaskCompletionSource();
        var most = 0;
        var host = new DelegateHost(async (request, _, _) =>
        {
            await release.Task;
            most = Math.Max(most, cluster.Workers[0].Taken);
            return DelegateHost.Answer(request.Prompt);
        });
        cluster.AddWorker(host, width: 2);
        var owner = cluster.AddOwner();

        var asked = Enumerable.Range(0, 12).Select(number => cluster.AskAsync(owner, $"{number}", new AgentOptions { Model = $"test/m{number % 3}" })).ToArray();
        await cluster.UntilAsync(() => cluster.Workers[0].AtWork == 2);
        release.SetResult();

        await Task.WhenAll(asked);
        Assert.Equal((12, 2, 2), (host.Asked, host.HighWater, most));
    }

    [Fact]
    public async Task Call_GoesOnlyWhereItsNeedIsMet()
    {
        await using var cluster = await TestCluster.StartAsync();
        var (open, closed) = (DelegateHost.Echo(), DelegateHost.Echo());
        cluster.AddWorker(open, "open", models: ["openai/*"], tools: ["github"]);
        cluster.AddWorker(closed, "closed", models: ["anthropic/*"], tools: []);
        var owner = cluster.AddOwner();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(number => cluster.AskAsync(owner, $"o{number}", new AgentOptions { Model = "openai/gpt", Tools = ["github"] })));
        await Task.WhenAll(Enumerable.Range(0, 5).Select(number => cluster.AskAsync(owner, $"a{number}", new AgentOptions { Model = "anthropic/claude" })));

        Assert.Equal((10, 5), (open.Asked, closed.Asked));
    }

    [Fact]
    public async Task Call_ThatNoWorkerCanDo_WaitsAndTheRunIsToldWhatIsMissing()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddWorker(DelegateHost.Echo(), "other", models: ["anthropic/*"]);

        var asked = cluster.AskAsync(cluster.AddOwner(), "hello", new AgentOptions { Model = "openai/gpt", Tools = ["github"] });
        await cluster.UntilAsync(() => cluster.Log.Any(line => line.Contains("--models openai/gpt --tools github --workspaces none", StringComparison.Ordinal)));
        Assert.False(asked.IsCompleted);
        cluster.AddWorker(DelegateHost.Echo(), "right", models: ["openai/*"]);

        Assert.Equal("\"hello\"", (await asked).AnswerJson);
    }

    [Fact]
    public async Task LocalCall_StaysWithTheOwner()
    {
        await using var cluster = await TestCluster.StartAsync();
        var own = DelegateHost.Echo();

        var outcome = await cluster.AskAsync(cluster.AddOwner(own, static _ => CallRoute.Local), "mine");

        Assert.Equal(("\"mine\"", 1, 0), (outcome.AnswerJson, own.Asked, cluster.Ledger.Posted));
    }

    [Fact]
    public async Task Request_ReachesTheWorkersHostWhole()
    {
        await using var cluster = await TestCluster.StartAsync();
        AgentRequest? got = null;
        cluster.AddWorker(new DelegateHost((request, _, _) =>
        {
            got = request;
            return Task.FromResult(DelegateHost.Answer(Directory.GetFileSystemEntries(request.Workspace).Length.ToString()));
        }));
        var options = new AgentOptions
        {
            SchemaJson = """{"type":"object"}""",
            Model = "test/model",
            Effort = "high",
            AgentType = "reviewer",
            Tools = ["Read"],
            DisallowedTools = ["Bash"],
            Stall = TimeSpan.FromSeconds(7),
            Timeout = TimeSpan.FromMinutes(3),
            MaxTurns = 9,
            Retries = 1,
        };
        var request = cluster.Request("größer 🙂", options) with { Phase = "one", DefaultModel = "test/default", Instructions = "plan", NeedsCost = true, AgentTypeJson = """{"name":"reviewer"}""", Lessons = ["one", "two"] };

        var outcome = await cluster.AddOwner().RunAsync(request, new Progress<AgentProgress>(), cluster.Token);

        Assert.Equal("\"0\"", outcome.AnswerJson);
        Assert.NotNull(got!.Place);
        Assert.Equivalent(request with { Place = null, Log = null, Workspace = "" }, got with { Place = null, Workspace = "" }, strict: true);
    }

    [Fact]
    public async Task LargePromptAndAnswer_AreInNoMessage()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.AddWorker(DelegateHost.Echo());
        var prompt = new string('x', 5_000_000);

        var outcome = await cluster.AskAsync(cluster.AddOwner(), prompt);

        Assert.Equal(5_000_002, outcome.AnswerJson!.Length);
        // Of all tests of this process: others tell of many small outcomes at once.
        Assert.InRange(Broker.BrokerSession.LargestSent, 1, 1_000_000);
    }

    [Fact]
    public async Task Progress_OfTheWorkersAgent_ReachesTheOwner()
    {
        await using var cluster = await TestCluster.StartAsync();
        var release = new TaskCompletionSource();
        cluster.AddWorker(new DelegateHost(async (request, progress, _) =>
        {
            progress.Report(new AgentProgress(AgentProgressKind.ToolCall, "read_file a.cs", 1));
            progress.Report(new AgentProgress(AgentProgressKind.Text, "half", 1) { Tail = "half" });
            progress.Report(new AgentProgress(AgentProgressKind.Text, "whole", 1) { Tail = "whole" });
            await release.Task;
            return DelegateHost.Answer(request.Prompt);
        }));
        var seen = new Recorder();

        var asked = cluster.AskAsync(cluster.AddOwner(), "hello", progress: seen);
        await cluster.UntilAsync(() => seen.All.Any(said => said.Tail == "whole"));
        release.SetResult();

        await asked;
        Assert.Contains(seen.All, said => said is { Kind: AgentProgressKind.ToolCall, Detail: "read_file a.cs" });
    }

    [Fact]
    public async Task Call_CancelledByItsOwner_IsStoppedOnTheWorker()
    {
        await using var cluster = await TestCluster.StartAsync();
        var began = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        cluster.AddWorker(new DelegateHost(async (_, _, cancellationToken) =>
        {
            began.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                stopped.SetResult();
            }

            return DelegateHost.Answer("");
        }), lifetime: TimeSpan.FromHours(1));
        using var cancellation = new CancellationTokenSource();

        var asked = cluster.AskAsync(cluster.AddOwner(), "hello", cancellationToken: cancellation.Token);
        await began.Task.WaitAsync(cluster.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await stopped.Task.WaitAsync(cluster.Token);
    }

    [Fact]
    public async Task Call_OfAnOwnerThatLeaves_GoesOnAndTheNextOwnerGetsItsOutcome()
    {
        await using var cluster = await TestCluster.StartAsync();
        var began = new TaskCompletionSource();
        var answer = new TaskCompletionSource<AgentOutcome>();
        var host = new DelegateHost((_, _, cancellationToken) =>
        {
            began.SetResult();
            return answer.Task.WaitAsync(cancellationToken);
        });
        cluster.AddWorker(host);
        using var cancellation = new CancellationTokenSource();
        var leaving = cluster.AddOwner();
        var asked = cluster.AskAsync(leaving, "hello", cancellationToken: cancellation.Token);
        await began.Task.WaitAsync(cluster.Token);

        leaving.Leave();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await leaving.DisposeAsync();
        var next = cluster.AskAsync(cluster.AddOwner(), "hello");
        answer.SetResult(DelegateHost.Answer("done"));

        Assert.Equal("\"done\"", (await next).AnswerJson);
        Assert.Equal(1, host.Asked);
    }

    [Fact]
    public async Task SpentQuota_IsTakenOut_AndTheNextAttemptIsDone()
    {
        await using var cluster = await TestCluster.StartAsync();
        var spent = true;
        cluster.AddWorker(new DelegateHost((request, _, _) => Task.FromResult(Interlocked.Exchange(ref spent, false)
            ? new AgentOutcome { Kind = AgentOutcomeKind.QuotaExhausted, Model = "test/model", Failure = new AgentFailure("quota limit") }
            : DelegateHost.Answer(request.Prompt))));
        var owner = cluster.AddOwner();

        Assert.Equal(AgentOutcomeKind.QuotaExhausted, (await cluster.AskAsync(owner, "hello")).Kind);
        Assert.Equal("\"hello\"", (await cluster.AskAsync(owner, "hello")).AnswerJson);
    }

    [Fact]
    public async Task HostThatThrows_IsAFailureAndNoPoison()
    {
        await using var cluster = await TestCluster.StartAsync();
        var host = new DelegateHost((_, _, _) => throw new InvalidOperationException("boom"));
        cluster.AddWorker(host, "w1");

        var outcome = await cluster.AskAsync(cluster.AddOwner(), "hello");

        Assert.Equal((AgentOutcomeKind.Failed, 1), (outcome.Kind, host.Asked));
        Assert.Equal("The agent host of worker w1 broke down: InvalidOperationException: boom", outcome.Failure!.Cause);
    }

    private sealed class Recorder : IProgress<AgentProgress>
    {
        private readonly List<AgentProgress> all = [];

        public IReadOnlyList<AgentProgress> All
        {
            get
            {
                lock (all)
                {
                    return [.. all];
                }
            }
        }

        public void Report(AgentProgress value)
        {
            lock (all)
            {
                all.Add(value);
            }
        }
    }
}
