using System.Collections.Concurrent;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Cluster.Owners;
using McpWorkflows.Cluster.Workers;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Dispatch;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Cluster.Tests;

/// <summary>Servers and workers in this process, on a real broker and a ledger in memory.</summary>
internal sealed class TestCluster(string broker) : IAsyncDisposable
{
    /// <summary>Guards against a test that hangs; brokers are started within it, on machines that have much else to do.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly List<DispatchingAgentHost> owners = [];
    private readonly List<(Worker Worker, CancellationTokenSource Stop, Task Running)> workers = [];
    private readonly CancellationTokenSource deadline = new(Patience);
    private int calls;

    public MemoryLedger Ledger { get; } = new(TimeProvider.System);

    public string Broker => broker;

    /// <summary>What runs' logs said.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>What servers and workers said.</summary>
    public ConcurrentQueue<string> Notices { get; } = new();

    public CancellationToken Token => deadline.Token;

    public IReadOnlyList<Worker> Workers => [.. workers.Select(static entry => entry.Worker)];

    public static async Task<TestCluster> StartAsync() => new((await RabbitServer.SharedAsync()).TakeVirtualHost());

    /// <param name="lostAfter">Long where a test is to show that no message is lost, and not that lost ones are sent again.</param>
    public DispatchingAgentHost AddOwner(IAgentHost? inner = null, Func<AgentRequest, CallRoute>? route = null, TimeSpan? lostAfter = null)
    {
        var owner = new DispatchingAgentHost(
            new DispatchOptions
            {
                Broker = new Uri(broker),
                Route = route ?? (static request => new CallRoute(false, request.Options.Model ?? "test/model", request.Options.Tools ?? [])),
                OnNotice = Notices.Enqueue,
                Sweep = TimeSpan.FromMilliseconds(500),
                LostAfter = lostAfter ?? TimeSpan.FromSeconds(2),
            },
            Ledger,
            inner ?? DelegateHost.Echo());
        owners.Add(owner);
        return owner;
    }

    /// <param name="lifetime">Long where a test is to show what a worker is told or tells, and not what comes of its silence or its next sign of life.</param>
    public Worker AddWorker(
        IAgentHost host,
        string name = "worker",
        int width = 4,
        string[]? models = null,
        string[]? tools = null,
        string[]? workspaces = null,
        IAgentSlots? slots = null,
        TimeSpan? drain = null,
        string? cache = null,
        TimeSpan? lifetime = null)
    {
        var options = new WorkerOptions
        {
            Broker = new Uri(broker),
            Card = new WorkerCard { Name = name, Width = width, Models = models ?? ["*"], Tools = tools ?? ["*"], Workspaces = workspaces ?? ["*"] },
            CacheFolder = cache ?? Path.GetTempPath(),
            Lifetime = lifetime ?? TimeSpan.FromMilliseconds(900),
            Pace = TimeSpan.FromMilliseconds(50),
            Drain = drain ?? TimeSpan.FromSeconds(10),
            OnNotice = Notices.Enqueue,
        };
        var worker = new Worker(options, Ledger, slots ?? UnsharedSlots.Instance, host);
        var stop = new CancellationTokenSource();
        workers.Add((worker, stop, worker.RunAsync(stop.Token)));
        return worker;
    }

    /// <summary>SIGTERM's way.</summary>
    public async Task StopAsync(Worker worker)
    {
        var found = workers.Single(entry => entry.Worker == worker);
        workers.Remove(found);
        await found.Stop.CancelAsync();
        await found.Running.WaitAsync(Token);
    }

    /// <summary>SIGKILL's way.</summary>
    public async Task KillAsync(Worker worker)
    {
        await worker.DieAsync();
        await StopAsync(worker);
    }

    public AgentRequest Request(string prompt, AgentOptions? options = null, string? workspace = null) => new()
    {
        RunId = "wf_test",
        CallNumber = Interlocked.Increment(ref calls),
        Key = new ItemKey(ItemKind.Agent, prompt.Length > 64 ? $"{prompt[..50]}#{prompt.Length}" : prompt, 1),
        Prompt = prompt,
        Label = "label",
        Options = options ?? AgentOptions.None,
        Workspace = workspace ?? Path.GetTempPath(),
        Log = Log.Enqueue,
    };

    public Task<AgentOutcome> AskAsync(DispatchingAgentHost owner, string prompt, AgentOptions? options = null, IProgress<AgentProgress>? progress = null, CancellationToken? cancellationToken = null) =>
        owner.RunAsync(Request(prompt, options), progress ?? new Progress<AgentProgress>(), cancellationToken ?? Token).WaitAsync(Token);

    /// <summary>Waits until it is so; fails after the shared time.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(10, Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (worker, stop, running) in workers)
        {
            await worker.DieAsync();
            await stop.CancelAsync();
            await running;
        }

        foreach (var owner in owners)
        {
            await owner.DisposeAsync();
        }

        deadline.Dispose();
    }
}
