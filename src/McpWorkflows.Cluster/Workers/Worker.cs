using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Messages;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;
using RabbitMQ.Client.Events;

namespace McpWorkflows.Cluster.Workers;

/// <summary>
/// Takes calls from the queues that it can serve, runs them on its own agent host, never more than its width at a time, and leaves
/// their outcomes in the ledger. While broker or database are away it goes on with what it has, and waits.
/// </summary>
public sealed class Worker
{
    private readonly WorkerOptions _options;
    private readonly IDispatchLedger _ledger;
    private readonly CallTable _table;
    private readonly CallRunner _runner;
    private readonly CallTurns _turns;
    private readonly WorkerPulse _pulse;
    private readonly NeedConsumers _consumers;
    private readonly BrokerLink _link;
    private readonly Reporter _reporter;
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _reporting = new();
    private volatile bool _isDead;

    /// <param name="slots">Of all agents of the journal, or of none; owned by the caller.</param>
    /// <param name="host">Runs the calls; owned by the caller.</param>
    public Worker(WorkerOptions options, IDispatchLedger ledger, IAgentSlots slots, IAgentHost host)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _ledger = ledger;
        _table = new CallTable(options.Card.Width);
        _runner = new CallRunner(options, ledger, new SlotDesk(slots), host);
        _turns = new CallTurns(options, ledger, _table, _runner, _end.Token);
        _pulse = new WorkerPulse(options, ledger, _table, _turns);
        _consumers = new NeedConsumers(options.Card, options.Pace, options.Time, Take);
        _link = new BrokerLink(options.Broker, $"mcp-workflows worker {options.Card.Name}", options.Time, SetUpAsync, options.OnNotice);
        _reporter = new Reporter(_link, options.Pace, options.Time);
    }

    /// <summary>Calls at work.</summary>
    public int AtWork => _table.AtWork;

    /// <summary>Calls that messages brought and that have not ended, whether at work or not.</summary>
    internal int Taken => _table.Count;

    /// <summary>Those of them that wait for a place.</summary>
    internal int Waiting => _table.Waiting;

    /// <summary>Works until it is told to stop; then finishes what it has, or gives it back, and returns.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // First: a claim counts only for a worker that is known to live.
        await _pulse.BeatAsync(cancellationToken).ConfigureAwait(false);
        _link.Start();
        var reporting = Task.Run(() => _reporter.RunAsync(_reporting.Token), CancellationToken.None);
        var beating = Task.WhenAll(
            Task.Run(() => _pulse.RunAsync(_end.Token), CancellationToken.None), Task.Run(() => _consumers.RunAsync(_end.Token), CancellationToken.None));
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DrainAsync().ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        await beating.ConfigureAwait(false);
        await _reporting.CancelAsync().ConfigureAwait(false);
        await reporting.ConfigureAwait(false);
        if (!_isDead)
        {
            using var patience = new CancellationTokenSource(_options.Lifetime, _options.Time);
            await CallTurns.IgnoreAsync(_ledger.LeaveAsync(_options.Card.Name, patience.Token)).ConfigureAwait(false);
        }

        await _link.DisposeAsync().ConfigureAwait(false);
        _runner.Dispose();
    }

    /// <summary>Falls silent at once, as a process does that is killed. For tests; <see cref="RunAsync"/> is to be cancelled then.</summary>
    internal async Task DieAsync()
    {
        _isDead = true;
        _turns.Silence();
        _table.Close();
        await _link.TryAsync(static session => session.AbortAsync()).ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
    }

    private async Task SetUpAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        var news = await Topology.ListenAsync(session.Channel, cancellationToken).ConfigureAwait(false);
        await session.ConsumeAsync(news, autoAck: true, delivery => TakeNews(session, delivery), null, cancellationToken).ConfigureAwait(false);
        if (!_table.IsClosed)
        {
            await _consumers.StartAsync(session, cancellationToken).ConfigureAwait(false);
            await session.AnnounceAsync(new NewsMessage { IsHello = true }, cancellationToken).ConfigureAwait(false);
        }
    }

    private void TakeNews(BrokerSession session, BasicDeliverEventArgs delivery)
    {
        var news = ClusterJson.ReadNews(delivery.Body.Span);
        if (news?.Need is { } need && !_table.IsClosed)
        {
            _consumers.Hear(session, need);
        }

        if (news?.Withdrawn is { } ticket)
        {
            _turns.Withdraw(ticket);
        }
    }

    private void Take(BrokerSession session, BasicDeliverEventArgs delivery, NeedConsumer consumer)
    {
        if (ClusterJson.ReadCall(delivery.Body.Span) is not { Ticket: { RunId: not null, Key: not null } ticket })
        {
            // Of another release, or of somebody else: it goes where people can look at it.
            consumer.Settle();
            _ = CallTurns.IgnoreAsync(session.Channel.BasicRejectAsync(delivery.DeliveryTag, requeue: false).AsTask());
        }
        else if (_table.TryDeliver(ticket, new CallDelivery(session, delivery.DeliveryTag, delivery.BasicProperties.ReplyTo, consumer), fresh => new WorkerCall(fresh, _reporter, _end.Token)))
        {
            _turns.Start();
        }
        else
        {
            consumer.Settle();
            _ = CallTurns.IgnoreAsync(session.Channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true).AsTask());
        }
    }

    private async Task DrainAsync()
    {
        var unstarted = _table.Close();
        if (_isDead)
        {
            return;
        }

        await _consumers.StopAsync().ConfigureAwait(false);
        foreach (var call in unstarted)
        {
            await _turns.GiveBackAsync(call).ConfigureAwait(false);
        }

        var began = _options.Time.GetTimestamp();
        await WaitAsync(_options.Drain).ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        await WaitAsync(_options.Drain + (_options.Lifetime * 2)).ConfigureAwait(false);

        async Task WaitAsync(TimeSpan atMost)
        {
            while (AtWork > 0 && _options.Time.GetElapsedTime(began) < atMost)
            {
                await Task.Delay(_options.Pace / 5, _options.Time).ConfigureAwait(false);
            }
        }
    }
}
