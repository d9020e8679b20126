using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace McpWorkflows.Cluster.Owners;

/// <summary>What a server hears from the broker: replies to its calls on a queue of its own, news, and dead letters.</summary>
/// <param name="lifetime">Of the server.</param>
internal sealed class OwnerMailbox(OutcomeDesk desk, CallWatch watch, DeadLetters dead, CancellationToken lifetime)
{
    private const ushort DeadLettersAtOnce = 16;

    /// <summary>Listens in a new session; the name of the queue for replies.</summary>
    public async Task<string> OpenAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        var channel = session.Channel;
        var replies = (await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true, cancellationToken: cancellationToken).ConfigureAwait(false)).QueueName;
        await session.ConsumeAsync(replies, autoAck: true, TakeReply, null, cancellationToken).ConfigureAwait(false);
        var news = await Topology.ListenAsync(channel, cancellationToken).ConfigureAwait(false);
        await session.ConsumeAsync(news, autoAck: true, TakeNews, null, cancellationToken).ConfigureAwait(false);
        await channel.BasicQosAsync(0, DeadLettersAtOnce, global: false, cancellationToken).ConfigureAwait(false);
        await session.ConsumeAsync(Topology.Dead, autoAck: false, delivery => TakeDead(session, delivery), null, cancellationToken).ConfigureAwait(false);
        return replies;
    }

    private void TakeReply(BasicDeliverEventArgs delivery)
    {
        if (ClusterJson.ReadReply(delivery.Body.Span) is { } message)
        {
            desk.Take(message);
        }
    }

    private void TakeNews(BasicDeliverEventArgs delivery)
    {
        if (ClusterJson.ReadNews(delivery.Body.Span) is { IsHello: true })
        {
            _ = Task.Run(() => watch.AnnounceAsync(desk.Calls));
        }
    }

    private void TakeDead(BrokerSession session, BasicDeliverEventArgs delivery)
    {
        // The broker's client takes its buffer back when this returns.
        var body = delivery.Body.ToArray();
        _ = Task.Run(() => dead.HandleAsync(session, delivery, body, lifetime), CancellationToken.None);
    }
}
