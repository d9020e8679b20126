using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Engine.Dispatch;
using RabbitMQ.Client.Events;

namespace McpWorkflows.Cluster.Workers;

/// <summary>
/// A worker's consumers, on the queues of the needs it has heard of and can meet. All of them together never hold more messages than
/// it has places: a call is not to wait here while another worker could do it. So places that one need leaves idle go to another one
/// whose calls wait, and busy ones are shared.
/// </summary>
internal sealed class NeedConsumers(WorkerCard card, TimeSpan pace, TimeProvider time, Action<BrokerSession, BasicDeliverEventArgs, NeedConsumer> receive)
{
    /// <summary>Owners repeat what they need every few seconds: a queue of which nobody speaks any more is not looked into.</summary>
    private static readonly TimeSpan SpokenOf = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();

    /// <summary>Consumers come and go one after the other.</summary>
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>When there was last word of each.</summary>
    private readonly Dictionary<CallNeed, long> _known = [];

    private readonly List<NeedConsumer> _consumers = [];
    private BrokerSession? _session;
    private bool _isStopped;

    /// <summary>Consumes, in a new session, for the needs that were known before.</summary>
    public Task StartAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _session = session;
            _consumers.Clear();
        }

        return BalanceAsync(session, cancellationToken);
    }

    /// <summary>There are calls with this need.</summary>
    public void Hear(BrokerSession session, CallNeed need)
    {
        lock (_lock)
        {
            var isKnown = _known.ContainsKey(need);
            if (session != _session || _isStopped || !(isKnown || need.IsMetBy(card)))
            {
                return;
            }

            _known[need] = time.GetTimestamp();
            if (isKnown)
            {
                return;
            }
        }

        // Not here: the answer of the broker comes by the thread that waits.
        _ = Task.Run(() => TryBalanceAsync(session, CancellationToken.None));
    }

    /// <summary>Shares out the places again and again, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                BrokerSession? session;
                lock (_lock)
                {
                    session = _session;
                }

                if (session is { Closed.IsCompleted: false })
                {
                    await TryBalanceAsync(session, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    /// <summary>No further deliveries, of consumers that are just being set up neither.</summary>
    public async Task StopAsync()
    {
        lock (_lock)
        {
            _isStopped = true;
        }

        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (var consumer in Consumers().Where(static consumer => !consumer.IsEnding))
            {
                await EndAsync(_session!, consumer, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (BrokerFaults.Is(failure))
        {
            // They ended with their session.
        }
        finally
        {
            _turn.Release();
        }
    }

    private NeedConsumer[] Consumers()
    {
        lock (_lock)
        {
            return [.. _consumers];
        }
    }

    private async Task TryBalanceAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        try
        {
            await BalanceAsync(session, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (BrokerFaults.Is(failure))
        {
            // The session has ended, and the next one begins anew; or it is tried again soon.
        }
    }

    private async Task BalanceAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            NeedPlaces[] needs;
            lock (_lock)
            {
                if (session != _session || _isStopped)
                {
                    return;
                }

                _consumers.RemoveAll(static consumer => consumer is { IsEnding: true, Held: 0 });
                var consumers = _consumers.ToLookup(static consumer => consumer.Need);
                needs = [.. _known.Select(known => new NeedPlaces(known.Key, [.. consumers[known.Key]], time.GetElapsedTime(known.Value) < SpokenOf))];
            }

            foreach (var need in needs.Where(need => needs.Length > 1 && need.IsFull && need.IsSpokenOf))
            {
                need.Waiting = (int)Math.Min(int.MaxValue / 2, await session.CountAsync(need.Need, cancellationToken).ConfigureAwait(false));
            }

            var shares = PlaceShares.Of(card.Width, [.. needs.Select(static need => need.Waiting + need.Held)]);
            if (Array.Exists(needs, static need => need.Waiting > 0 || need.Open == 0))
            {
                for (var index = 0; index < needs.Length; index++)
                {
                    foreach (var consumer in needs[index].Surplus(shares[index]))
                    {
                        await EndAsync(session, consumer, cancellationToken).ConfigureAwait(false);
                    }
                }
            }

            var free = card.Width - needs.Sum(static need => need.Taken);
            foreach (var index in Enumerable.Range(0, needs.Length).OrderBy(index => needs[index].Open).ThenByDescending(index => needs[index].Waiting).ToArray())
            {
                for (var missing = Math.Min(free, shares[index] - needs[index].Open); missing > 0;)
                {
                    // In pieces, so that later some of the places can be moved without the others.
                    var places = Math.Max(1, missing / 2);
                    await BeginAsync(session, new NeedConsumer(needs[index].Need, places), cancellationToken).ConfigureAwait(false);
                    missing -= places;
                    free -= places;
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task BeginAsync(BrokerSession session, NeedConsumer consumer, CancellationToken cancellationToken)
    {
        await session.DeclareAsync(consumer.Need, cancellationToken).ConfigureAwait(false);
        await session.Channel.BasicQosAsync(0, (ushort)Math.Min(consumer.Places, ushort.MaxValue), global: false, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (session != _session || _isStopped)
            {
                return;
            }

            _consumers.Add(consumer);
        }

        try
        {
            consumer.Tag = await session.ConsumeAsync(
                consumer.Need.Queue,
                autoAck: false,
                delivery =>
                {
                    consumer.Take();
                    receive(session, delivery, consumer);
                },
                () => Forget(session, consumer),
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Forget(session, consumer);
            throw;
        }
    }

    private static async Task EndAsync(BrokerSession session, NeedConsumer consumer, CancellationToken cancellationToken)
    {
        consumer.IsEnding = true;
        try
        {
            await session.Channel.BasicCancelAsync(consumer.Tag, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            consumer.IsEnding = false;
            throw;
        }

        // What it has got before is counted then.
        await Task.WhenAny(consumer.Gone, session.Closed).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>It is gone; when its queue is, that is made again.</summary>
    private void Forget(BrokerSession session, NeedConsumer consumer)
    {
        consumer.End();
        if (consumer.IsEnding)
        {
            return;
        }

        consumer.IsEnding = true;
        session.Forget(consumer.Need);
    }
}
