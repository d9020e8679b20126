using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>What the model said to one request.</summary>
internal sealed record Round(string Text, IReadOnlyList<FunctionCallContent> Calls, ChatFinishReason? Finish)
{
    /// <summary>The answer stopped at the output limit and is not whole.</summary>
    public bool IsCutOff => Finish == ChatFinishReason.Length;
}

/// <summary>A request that retries could not save.</summary>
internal sealed record RoundFailure(AgentOutcomeKind Kind, string Cause)
{
    /// <summary>For a spent quota, where the provider says.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}
