using System.Collections.Concurrent;
using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Server.Tests.Processes;

namespace McpWorkflows.Server.Tests.Dashboard;

/// <summary>Agents that do what the first word of their prompt says, and show what they do.</summary>
internal sealed class ShownAgents : IAgentHost
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> held = new();
    private readonly SemaphoreSlim begun = new(0);
    private int attempts;

    /// <summary>How long an agent takes of which nothing else is said.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Attempts at work so far.</summary>
    public int Attempts => Volatile.Read(ref attempts);

    /// <summary>Returns when so many attempts have begun; to be called by one test at a time.</summary>
    public async Task WaitForAttemptsAsync(int count)
    {
        while (Attempts < count)
            Assert.True(await begun.WaitAsync(ServerProcess.Timeout, TestContext.Current.CancellationToken), $"{Attempts} attempts have begun, not {count}.");
    }

    /// <summary>Lets all go whose prompt is <paramref name="prompt"/>, those to come as well.</summary>
    public void Release(string prompt) => Held(prompt).TrySetResult();

    public async Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref attempts);
        begun.Release();
        progress.Report(new AgentProgress(AgentProgressKind.AttemptStarted, null, 1));
        switch (request.Prompt.Split(' ')[0])
        {
            case "hold":
                progress.Report(new AgentProgress(AgentProgressKind.ToolCall, "read_file src/Orders/OrderService.cs", 1));
                progress.Report(new AgentProgress(AgentProgressKind.ToolCall, "search_text \"decimal total\"", 1));
                progress.Report(new AgentProgress(AgentProgressKind.Text, "the total is rounded twice", 1)
                {
                    Tail = "Reading the order service. In `Total()` the tax is added\nbefore the discount, and the total is rounded twice",
                });
                await Held(request.Prompt).Task.WaitAsync(cancellationToken);
                return Says(request, "held, then released");
            case "fail":
                progress.Report(new AgentProgress(AgentProgressKind.Retrying, "The provider is overloaded (529).", 2));
                return Fails(AgentOutcomeKind.Failed, "The provider is overloaded (529). Gave up after 3 attempts. Try again later, or use another model.");
            case "stall":
                return Fails(AgentOutcomeKind.Stalled, "No sign of life for 180 s. Gave up after 3 attempts.");
            case "slow":
                await Task.Delay(200, cancellationToken);
                return Says(request, request.Prompt);
            default:
                await Task.Delay(Latency, cancellationToken);
                return Says(request, request.Prompt);
        }
    }

    private TaskCompletionSource Held(string prompt) => held.GetOrAdd(prompt, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private static AgentOutcome Says(AgentRequest request, string text) => new()
    {
        Kind = AgentOutcomeKind.Succeeded,
        AnswerJson = request.Options.SchemaJson is null ? JsonSerializer.Serialize(text) : """{"verdict":"holds","confidence":0.8}""",
        Usage = new AgentUsage(1_840, 420),
        Cost = 0.0061m,
        Attempts = 1,
        Model = "openai/test-model",
        Resolved = """{"model":{"value":"openai/test-model","from":"run"},"effort":{"value":"high","from":"call"},"maxTurns":{"value":12,"from":"agentType"}}""",
    };

    private static AgentOutcome Fails(AgentOutcomeKind kind, string cause) => new()
    {
        Kind = kind,
        Failure = new AgentFailure(cause, "Looking at the third file, I"),
        Usage = new AgentUsage(900, 60),
        Cost = 0.001m,
        Attempts = 3,
        Model = "openai/test-model",
    };
}
