using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Activity;

/// <summary>An agent at work, at a moment.</summary>
public sealed record AgentActivity
{
    /// <summary>Of the call.</summary>
    public required int Number { get; init; }

    public required string Label { get; init; }

    public string? Phase { get; init; }

    public required AgentActivityState State { get; init; }

    /// <summary>Since when it is in flight; null while it is queued.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>From 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Tool calls so far.</summary>
    public int ToolCalls { get; init; }

    /// <summary>The last sign of life in one line for displays, at most 400 characters; null before the first.</summary>
    public string? Last { get; init; }

    public AgentProgressKind? LastKind { get; init; }

    /// <summary>The last sign of life; the start where there was none yet.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>It gave no sign of life for half of the time after which its attempt is restarted.</summary>
    public bool IsQuiet { get; init; }
}

/// <summary>Where a live call stands.</summary>
public enum AgentActivityState
{
    /// <summary>At the gate, or before a spent quota.</summary>
    Queued,

    Running,

    /// <summary>In flight, but waiting for its provider's limit.</summary>
    Waiting,
}

/// <summary>All that is known of one live call; what it leaves behind is in the journal.</summary>
public sealed record AgentTrace
{
    public required AgentActivity Agent { get; init; }

    public required AgentRequest Request { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>The last ones, at most <see cref="LiveAgent.KeptSteps"/>.</summary>
    public required IReadOnlyList<AgentStep> Steps { get; init; }

    /// <summary>The end of what the model says in this round, at most <see cref="LiveAgent.KeptText"/> characters.</summary>
    public required string Text { get; init; }
}
