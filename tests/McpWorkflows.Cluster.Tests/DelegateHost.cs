using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Cluster.Tests;

/// <summary>An agent host that does what the test says, and counts.</summary>
internal sealed class DelegateHost(Func<AgentRequest, IProgress<AgentProgress>, CancellationToken, Task<AgentOutcome>> run) : IAgentHost
{
    private int atWork;
    private int asked;
    private int highWater;

    public int Asked => Volatile.Read(ref asked);

    public int HighWater => Volatile.Read(ref highWater);

    public static DelegateHost Echo() => new((request, _, _) => Task.FromResult(Answer(request.Prompt)));

    public static AgentOutcome Answer(string text) =>
        new() { Kind = AgentOutcomeKind.Succeeded, AnswerJson = System.Text.Json.JsonSerializer.Serialize(text), Model = "test/model", Attempts = 1 };

    public async Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref asked);
        var now = Interlocked.Increment(ref atWork);
        for (var known = highWater; known < now; known = highWater)
        {
            Interlocked.CompareExchange(ref highWater, now, known);
        }

        try
        {
            return await run(request, progress, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref atWork);
        }
    }
}
