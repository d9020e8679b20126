using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Engine.Dispatch;
using RabbitMQ.Client.Events;

namespace McpWorkflows.Cluster.Workers;

/// <summary>A worker's consumers: one on the queue of each need it has heard of and can meet.</summary>
internal sealed class NeedConsumers(WorkerCard card, Action<BrokerSession, BasicDeliverEventArgs> receive)
{
    private readonly Lock _lock = new();
    private readonly HashSet<CallNeed> _known = [];
    private readonly Dictionary<CallNeed, string?> _consuming = [];
    private BrokerSession? _session;

    /// <summary>Consumes, in a new session, what it did in the one before.</summary>
    public async Task StartAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        CallNeed[] known;
        lock (_lock)
        {
            _session = session;
            _consuming.Clear();
            known = [.. _known];
        }

        foreach (var need in known)
        {
            await ConsumeAsync(session, need, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>There are calls with this need.</summary>
    public void Hear(BrokerSession session, CallNeed need)
    {
        lock (_lock)
        {
            if (session != _session || _consuming.ContainsKey(need) || !need.IsMetBy(card))
            {
                return;
            }

            _known.Add(need);
        }

        // Not here: the answer of the broker comes by the thread that waits.
        _ = Task.Run(async () =>
        {
            try
            {
                await ConsumeAsync(session, need, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception failure) when (BrokerFaults.Is(failure))
            {
                Forget(session, need);
            }
        });
    }

    /// <summary>No further deliveries.</summary>
    public async Task StopAsync(BrokerSession session)
    {
        string?[] tags;
        lock (_lock)
        {
            _session = null;
            tags = [.. _consuming.Values];
            _consuming.Clear();
        }

        foreach (var tag in tags.OfType<string>())
        {
            await session.Channel.BasicCancelAsync(tag).ConfigureAwait(false);
        }
    }

    private async Task ConsumeAsync(BrokerSession session, CallNeed need, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (session != _session || !_consuming.TryAdd(need, null))
            {
                return;
            }
        }

        await session.DeclareAsync(need, cancellationToken).ConfigureAwait(false);
        var tag = await session.ConsumeAsync(need.Queue, autoAck: false, delivery => receive(session, delivery), () => Forget(session, need), cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (session == _session && _consuming.ContainsKey(need))
            {
                _consuming[need] = tag;
            }
        }
    }

    /// <summary>The queue went away; the next news of its need brings it back.</summary>
    private void Forget(BrokerSession session, CallNeed need)
    {
        lock (_lock)
        {
            if (session == _session)
            {
                _consuming.Remove(need);
            }
        }

        session.Forget(need);
    }
}
