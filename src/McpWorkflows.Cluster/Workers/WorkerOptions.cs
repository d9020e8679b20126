using McpWorkflows.Engine.Dispatch;

namespace McpWorkflows.Cluster.Workers;

/// <summary>Settings of <see cref="Worker"/>.</summary>
public sealed class WorkerOptions
{
    /// <summary><c>amqp://user:password@host:port/vhost</c>, or <c>amqps</c>.</summary>
    public required Uri Broker { get; init; }

    /// <summary>Who it is and what it can do.</summary>
    public required WorkerCard Card { get; init; }

    /// <summary>Where copies of repositories are kept.</summary>
    public required string CacheFolder { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of the broker's comings and goings.</summary>
    public Action<string> OnNotice { get; init; } = static _ => { };

    /// <summary>A worker that was not heard of for so long is dead; others take its calls.</summary>
    /// <value>5 s</value>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long calls at work may take to end when the worker is asked to; then they are given back.</summary>
    /// <value>60 s</value>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often it is looked whether another worker's call has become free, how often places are shared out anew, and how often progress is told.</summary>
    /// <value>250 ms</value>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(250);
}
