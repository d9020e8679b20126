using System.Collections.Concurrent;
using System.Text.Json;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>Agents that answer with their prompt, unless a test says otherwise; every call is counted.</summary>
internal sealed class FakeAgents : IAgentHost, IAgentTypes
{
    private readonly ConcurrentDictionary<string, Func<AgentRequest, IProgress<AgentProgress>, CancellationToken, Task<AgentOutcome>>> _rules = new();
    private readonly ConcurrentQueue<AgentRequest> _requests = new();
    private int _inFlight;
    private int _widest;

    /// <summary>What is answered where no rule says otherwise: the prompt.</summary>
    public Func<AgentRequest, AgentOutcome> Otherwise { get; set; } = request => Answer(request.Prompt);

    /// <summary>Prompts in the order of the calls.</summary>
    public IReadOnlyList<string> Prompts => [.. _requests.Select(request => request.Prompt)];

    public IReadOnlyList<AgentRequest> Requests => [.. _requests];

    public int Widest => _widest;

    /// <summary>Definitions by name.</summary>
    public Dictionary<string, string> Types { get; } = [];

    /// <summary>What is said of the work of a journaled call.</summary>
    public WorkRestored Restored { get; set; } = new(true, null);

    public string? Find(string workspace, string name) => Types.GetValueOrDefault(name);

    public IReadOnlyList<string> Names(string workspace) => [.. Types.Keys];

    public Task<WorkRestored> RestoreAsync(AgentWorktree worktree, string workspace, CancellationToken cancellationToken) => Task.FromResult(Restored);

    public void Forget() => _requests.Clear();

    public void On(string prompt, Func<AgentRequest, CancellationToken, Task<AgentOutcome>> answer) =>
        On(prompt, (request, _, cancellation) => answer(request, cancellation));

    public void On(string prompt, Func<AgentRequest, IProgress<AgentProgress>, CancellationToken, Task<AgentOutcome>> answer) => _rules[prompt] = answer;

    public void On(string prompt, AgentOutcome outcome) => On(prompt, (_, _) => Task.FromResult(outcome));

    /// <summary>Holds the call until the test completes what is returned.</summary>
    public HeldCall Hold(string prompt)
    {
        var held = new HeldCall();
        On(prompt, (_, progress, cancellation) =>
        {
            held.Progress = progress;
            held.Started.TrySetResult();
            return held.Outcome.Task.WaitAsync(cancellation);
        });
        return held;
    }

    public async Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        _requests.Enqueue(request);
        var now = Interlocked.Increment(ref _inFlight);
        for (var seen = _widest; now > seen && Interlocked.CompareExchange(ref _widest, now, seen) != seen; seen = _widest)
        {
        }

        try
        {
            return _rules.TryGetValue(request.Prompt, out var rule)
                ? await rule(request, progress, cancellationToken)
                : Otherwise(request);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    public static AgentOutcome Answer(string text, long outputTokens = 10) => new()
    {
        Kind = AgentOutcomeKind.Succeeded,
        AnswerJson = JsonSerializer.Serialize(text),
        Usage = new AgentUsage(1, outputTokens),
        Attempts = 1,
        Model = "fake/model",
    };

    public static AgentOutcome Failure(string cause, AgentOutcomeKind kind = AgentOutcomeKind.Failed) => new()
    {
        Kind = kind,
        Failure = new AgentFailure(cause, "last text"),
        Usage = new AgentUsage(1, 1),
        Attempts = 3,
    };
}

/// <summary>A call in the hands of a test.</summary>
internal sealed class HeldCall
{
    /// <summary>Of the attempt at work, once it has started.</summary>
    public IProgress<AgentProgress>? Progress { get; set; }

    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<AgentOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
