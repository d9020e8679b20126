using McpWorkflows.Cluster.Calls;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Cluster.Owners;

/// <summary>Settings of <see cref="DispatchingAgentHost"/>.</summary>
public sealed class DispatchOptions
{
    /// <summary><c>amqp://user:password@host:port/vhost</c>, or <c>amqps</c>.</summary>
    public required Uri Broker { get; init; }

    /// <summary>Where a call goes. Must return at once; asked from any thread.</summary>
    public required Func<AgentRequest, CallRoute> Route { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of what concerns no run: the broker goes or comes back, a call was given up.</summary>
    public Action<string> OnNotice { get; init; } = static _ => { };

    /// <summary>How often the ledger is asked for outcomes of which no message told.</summary>
    /// <value>2 s</value>
    public TimeSpan Sweep { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After so long without a sign of a call it is looked after whether its message is still there.</summary>
    /// <value>10 s</value>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromSeconds(10);
}
