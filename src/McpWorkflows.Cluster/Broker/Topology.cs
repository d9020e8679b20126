using McpWorkflows.Cluster.Calls;
using RabbitMQ.Client;

namespace McpWorkflows.Cluster.Broker;

/// <summary>Names and properties of what there is on the broker; all who use it declare it, so all must say the same.</summary>
internal static class Topology
{
    /// <summary>Deliveries after the first that a call's message survives.</summary>
    public const int DeliveryLimit = 5;

    /// <summary>Fanout to all servers and workers.</summary>
    public const string News = "mcpworkflows.news";

    /// <summary>Takes what was delivered too often.</summary>
    public const string Dead = "mcpworkflows.dead";

    /// <summary>Queues that nobody used for so long go; what was in them is in the ledger.</summary>
    private const int UnusedAfter = 7 * 24 * 3600 * 1000;

    private static readonly Dictionary<string, object?> Quorum = new() { ["x-queue-type"] = "quorum" };

    private static readonly Dictionary<string, object?> Calls = new()
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = DeliveryLimit,
        ["x-dead-letter-exchange"] = Dead,
        ["x-expires"] = UnusedAfter,
    };

    public static async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(News, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.ExchangeDeclareAsync(Dead, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.QueueDeclareAsync(Dead, durable: true, exclusive: false, autoDelete: false, Quorum, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.QueueBindAsync(Dead, Dead, "", cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    public static Task DeclareAsync(IChannel channel, CallNeed need, CancellationToken cancellationToken) =>
        channel.QueueDeclareAsync(need.Queue, durable: true, exclusive: false, autoDelete: false, Calls, cancellationToken: cancellationToken);

    /// <summary>A queue of this connection alone that hears all news; its name.</summary>
    public static async Task<string> ListenAsync(IChannel channel, CancellationToken cancellationToken)
    {
        var queue = (await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true, cancellationToken: cancellationToken).ConfigureAwait(false)).QueueName;
        await channel.QueueBindAsync(queue, News, "", cancellationToken: cancellationToken).ConfigureAwait(false);
        return queue;
    }
}
