using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>What the model said to one request, in its order: text, calls of tools, and thinking that must be handed back.</summary>
internal sealed record Round(IReadOnlyList<AIContent> Contents, ChatFinishReason? Finish)
{
    public string Text { get; } = string.Concat(Contents.OfType<TextContent>().Select(content => content.Text));

    public IReadOnlyList<FunctionCallContent> Calls { get; } = [.. Contents.OfType<FunctionCallContent>()];

    /// <summary>The answer stopped at the output limit and is not whole.</summary>
    public bool IsCutOff => Finish == ChatFinishReason.Length;

    /// <summary>A model says one thing after the other, so it is the last call that the output limit cut, however whole it looks.</summary>
    public bool IsCut(FunctionCallContent call) => IsCutOff && ReferenceEquals(call, Calls[^1]);
}

/// <summary>A request that retries could not save.</summary>
internal sealed record RoundFailure(AgentOutcomeKind Kind, string Cause)
{
    /// <summary>For a spent quota, where the provider says.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}
