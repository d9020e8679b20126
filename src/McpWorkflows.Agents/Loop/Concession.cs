namespace McpWorkflows.Agents.Loop;

/// <summary>Something of a request that an endpoint refused, and what goes instead.</summary>
/// <param name="Asked">For an effort: the one that was refused.</param>
/// <param name="Instead">What goes instead; null for nothing.</param>
internal sealed record Concession(ConcessionKind Kind, string? Asked = null, string? Instead = null)
{
    /// <summary>For displays and for the call's record.</summary>
    public string Name => Kind switch
    {
        ConcessionKind.ToolChoice => "tool_choice",
        ConcessionKind.ResponseFormat => "response_format",
        ConcessionKind.Tools => "tools",
        ConcessionKind.OutputLimit => $"max_tokens (ran with {Instead})",
        ConcessionKind.Thinking => "earlier thinking",
        _ => Instead is null ? "effort" : $"effort {Asked} (ran with {Instead})",
    };
}

/// <summary>What a request can do without.</summary>
internal enum ConcessionKind
{
    /// <summary>To be made to answer through the answer's tool.</summary>
    ToolChoice,
    ResponseFormat,
    Tools,
    Effort,
    OutputLimit,

    /// <summary>Thinking of earlier rounds: of this conversation, so never of the next.</summary>
    Thinking,
}
