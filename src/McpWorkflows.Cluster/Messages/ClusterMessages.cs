using McpWorkflows.Cluster.Calls;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;

namespace McpWorkflows.Cluster.Messages;

/// <summary>There is a call to do. What it is stands in the ledger.</summary>
internal sealed record CallMessage(CallTicket Ticket);

/// <summary>What a worker tells an owner, for many calls at once; lost messages lose nothing but time.</summary>
internal sealed record ReplyMessage
{
    /// <summary>In order, and before <see cref="Done"/>.</summary>
    public IReadOnlyList<CallProgress> Progress { get; init; } = [];

    public IReadOnlyList<CallDone> Done { get; init; } = [];
}

/// <summary>A sign of life of a call.</summary>
internal sealed record CallProgress(CallTicket Ticket, AgentProgress Progress);

/// <summary>The ledger has the call's outcome.</summary>
/// <param name="OutcomeJson">The same as there, where it is small; null for large ones.</param>
internal sealed record CallDone(CallTicket Ticket, string? OutcomeJson);

/// <summary>What all servers and workers hear.</summary>
internal sealed record NewsMessage
{
    /// <summary>There are calls with this need.</summary>
    public CallNeed? Need { get; init; }

    /// <summary>A worker is new, and wants to hear of needs.</summary>
    public bool IsHello { get; init; }

    /// <summary>Nobody wants the call's outcome any more.</summary>
    public CallTicket? Withdrawn { get; init; }
}
