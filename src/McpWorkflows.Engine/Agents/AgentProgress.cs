namespace McpWorkflows.Engine.Agents;

/// <summary>A sign of life of a running agent.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Detail">Short text for displays: the tool and its argument, the reason of a retry.</param>
/// <param name="Attempt">From 1.</param>
public sealed record AgentProgress(AgentProgressKind Kind, string? Detail, int Attempt)
{
    /// <summary>For text: the end of what the model has said in this round, line breaks included; null where the host tells it line by line in <see cref="Detail"/>.</summary>
    public string? Tail { get; init; }
}

/// <summary>Kinds of progress.</summary>
public enum AgentProgressKind
{
    AttemptStarted,
    Text,
    ToolCall,
    Retrying,

    /// <summary>Waits for a provider's limit, not for an answer.</summary>
    Waiting,
}
