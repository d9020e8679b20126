using System.Text.Json;
using McpWorkflows.Agents.Schemas;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.Planning;

/// <summary>Agents for rehearsing a plan: they answer at once, at no cost, with lists of about that length.</summary>
/// <param name="types">Knows the agent types there are; null where nobody does.</param>
internal sealed class RehearsedAgents(int listLength, IAgentTypes? types) : IAgentHost, IAgentTypes
{
    /// <summary>Calls after which lists come back empty, so that loops until nothing new is found come to an end.</summary>
    private const int PlentifulCalls = 300;

    // A rehearsal must find a plan's own faults; a host without agent types is no fault of the plan.
    private const string AnyType = "{}";

    public string? Find(string workspace, string name) => types is null ? AnyType : types.Find(workspace, name);

    public IReadOnlyList<string> Names(string workspace) => types?.Names(workspace) ?? [];

    public Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken) => Task.FromResult(new AgentOutcome
    {
        Kind = AgentOutcomeKind.Succeeded,
        AnswerJson = request.Options.SchemaJson is { } schema
            ? AnswerSchemas.MakeUp(schema, request.CallNumber > PlentifulCalls ? 0 : listLength)
            : JsonSerializer.Serialize($"[rehearsed answer to: {request.Label}]", ReportJson.Compact.String),
        Attempts = 1,
        Model = "rehearsal",
        Rehearsed = true,
    });
}
