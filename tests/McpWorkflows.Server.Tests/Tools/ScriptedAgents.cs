using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Server.Tests.Processes;

namespace McpWorkflows.Server.Tests.Tools;

/// <summary>Agents that say what the test says; with a gate they wait until it opens.</summary>
internal sealed class ScriptedAgents(Func<AgentRequest, AgentOutcome> answer) : IAgentHost
{
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedAgents()
        : this(request => Says($"answer to {request.Prompt}"))
    {
    }

    public bool Gated { get; init; }

    /// <summary>The first agent is at work.</summary>
    public Task Started => started.Task.WaitAsync(ServerProcess.Timeout);

    public void Open() => gate.TrySetResult();

    public static AgentOutcome Says(string text) => new()
    {
        Kind = AgentOutcomeKind.Succeeded,
        AnswerJson = JsonSerializer.Serialize(text),
        Usage = new AgentUsage(10, 5),
        Attempts = 1,
    };

    public static AgentOutcome Fails(string cause) => new()
    {
        Kind = AgentOutcomeKind.Failed,
        Failure = new AgentFailure(cause),
        Usage = new AgentUsage(10, 0),
        Attempts = 3,
    };

    public async Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        started.TrySetResult();
        if (Gated)
            await gate.Task.WaitAsync(cancellationToken);
        return answer(request);
    }
}
