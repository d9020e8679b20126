using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Calls;
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
    /// <summary>With a call that was claimed more often several workers died: it gets the next one for itself, and ends no others with it.</summary>
    internal const int SuspectAfter = 2;

    private readonly WorkerOptions _options;
    private readonly IDispatchLedger _ledger;
    private readonly BrokerLink _link;
    private readonly Reporter _reporter;
    private readonly CallRunner _runner;
    private readonly NeedConsumers _consumers;
    private readonly Lock _lock = new();
    private readonly Dictionary<CallTicket, WorkerCall> _calls = [];
    private readonly CallLine _waiting = new();
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _reporting = new();
    private int _atWork;
    private bool _drains;
    private bool _isDead;

    /// <param name="slots">Of all agents of the journal, or of none; owned by the caller.</param>
    /// <param name="host">Runs the calls; owned by the caller.</param>
    public Worker(WorkerOptions options, IDispatchLedger ledger, IAgentSlots slots, IAgentHost host)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _ledger = ledger;
        _consumers = new NeedConsumers(options.Card, Take);
        _link = new BrokerLink(options.Broker, $"mcp-workflows worker {options.Card.Name}", options.Time, SetUpAsync, options.OnNotice);
        _reporter = new Reporter(_link, options.Pace, options.Time);
        _runner = new CallRunner(options, ledger, new SlotDesk(slots), host);
    }

    /// <summary>Calls at work.</summary>
    public int AtWork
    {
        get
        {
            lock (_lock)
            {
                return _atWork;
            }
        }
    }

    /// <summary>Calls that messages brought and that have not ended, whether at work or not.</summary>
    internal int Taken
    {
        get
        {
            lock (_lock)
            {
                return _calls.Count;
            }
        }
    }

    /// <summary>Works until it is told to stop; then finishes what it has, or gives it back, and returns.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // First: a claim counts only for a worker that is known to live.
        await _ledger.BeatAsync(_options.Card, _options.Lifetime, cancellationToken).ConfigureAwait(false);
        _link.Start();
        var reporting = Task.Run(() => _reporter.RunAsync(_reporting.Token), CancellationToken.None);
        var beating = Task.Run(BeatAsync, CancellationToken.None);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DrainAsync().ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        await beating.ConfigureAwait(false);
        await _reporting.CancelAsync().ConfigureAwait(false);
        await reporting.ConfigureAwait(false);
        if (!_isDead)
        {
            using var patience = new CancellationTokenSource(_options.Lifetime, _options.Time);
            await IgnoreAsync(_ledger.LeaveAsync(_options.Card.Name, patience.Token)).ConfigureAwait(false);
        }

        await _link.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Falls silent at once, as a process does that is killed. For tests; <see cref="RunAsync"/> is to be cancelled then.</summary>
    internal async Task DieAsync()
    {
        lock (_lock)
        {
            _isDead = _drains = true;
        }

        await _link.TryAsync(static session => session.AbortAsync()).ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
    }

    private async Task SetUpAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        await session.Channel.BasicQosAsync(0, (ushort)Math.Min(_options.Card.Width, ushort.MaxValue), global: false, cancellationToken).ConfigureAwait(false);
        var news = await Topology.ListenAsync(session.Channel, cancellationToken).ConfigureAwait(false);
        await session.ConsumeAsync(news, autoAck: true, delivery => TakeNews(session, delivery), null, cancellationToken).ConfigureAwait(false);
        if (!_drains)
        {
            await _consumers.StartAsync(session, cancellationToken).ConfigureAwait(false);
            await session.AnnounceAsync(new NewsMessage { IsHello = true }, cancellationToken).ConfigureAwait(false);
        }
    }

    private void TakeNews(BrokerSession session, BasicDeliverEventArgs delivery)
    {
        var news = ClusterJson.ReadNews(delivery.Body.Span);
        if (news?.Need is { } need && !_drains)
        {
            _consumers.Hear(session, need);
        }

        if (news?.Withdrawn is { } ticket)
        {
            Withdraw(ticket);
        }
    }

    private void Take(BrokerSession session, BasicDeliverEventArgs delivery)
    {
        if (ClusterJson.ReadCall(delivery.Body.Span) is not { Ticket: { RunId: not null, Key: not null } ticket })
        {
            // Of another release, or of somebody else: it goes where people can look at it.
            _ = IgnoreAsync(session.Channel.BasicRejectAsync(delivery.DeliveryTag, requeue: false).AsTask());
            return;
        }

        lock (_lock)
        {
            if (!_calls.TryGetValue(ticket, out var call))
            {
                if (_drains)
                {
                    _ = IgnoreAsync(session.Channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true).AsTask());
                    return;
                }

                _calls[ticket] = call = new WorkerCall(ticket, _reporter, _end.Token);
                _waiting.Add(call);
            }

            call.Deliver(session, delivery.DeliveryTag, delivery.BasicProperties.ReplyTo);
        }

        StartWaiting();
    }

    private void StartWaiting()
    {
        while (true)
        {
            WorkerCall call;
            lock (_lock)
            {
                if (_drains || _atWork >= _options.Card.Width || !_waiting.TryTake(_atWork, out call!))
                {
                    return;
                }

                _atWork++;
            }

            _ = Task.Run(() => WorkAsync(call));
        }
    }

    private async Task WorkAsync(WorkerCall call)
    {
        var end = CallEnd.GiveBack;
        try
        {
            end = await TryAsync(call).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (call.Token.IsCancellationRequested)
        {
            end = call.IsWithdrawn ? CallEnd.Over : CallEnd.GiveBack;
        }
        // The boundary of the worker: one call that cannot be taken must not stop the others.
        catch (Exception failure) when (!_isDead)
        {
            _options.OnNotice($"A call of run {call.Ticket.RunId} could not be taken ({failure.GetType().Name}: {failure.Message}); another worker may have it.");
        }
        catch (Exception)
        {
            // Silence is what was asked for.
        }

        if (end == CallEnd.LookAgain && !_drains)
        {
            Leave();
            await Task.Delay(_options.Pace, _options.Time, CancellationToken.None).ConfigureAwait(false);
            if (TryPark(call))
            {
                StartWaiting();
                return;
            }

            await EndAsync(call, CallEnd.GiveBack).ConfigureAwait(false);
            StartWaiting();
            return;
        }

        await EndAsync(call, end).ConfigureAwait(false);
        Leave();
    }

    private async Task<CallEnd> TryAsync(WorkerCall call)
    {
        var claim = await _ledger.ClaimAsync(call.Ticket, _options.Card.Name, call.Token).ConfigureAwait(false);
        switch (claim.Kind)
        {
            case CallClaimKind.Taken when claim.Claims > SuspectAfter && !IsAlone(call):
                await _ledger.ReleaseAsync(call.Ticket, _options.Card.Name, call.Token).ConfigureAwait(false);
                return CallEnd.LookAgain;
            case CallClaimKind.Taken:
                call.Done(await _runner.RunAsync(call, claim, _end.Token).ConfigureAwait(false));
                return CallEnd.Over;
            case CallClaimKind.Held:
                Free(call);
                return CallEnd.LookAgain;
            default:
                // Whoever sent the message again may not know yet.
                call.Done(null);
                return CallEnd.Over;
        }
    }

    private bool IsAlone(WorkerCall call)
    {
        lock (_lock)
        {
            return _waiting.Reserve(call) && _atWork == 1;
        }
    }

    private void Free(WorkerCall call)
    {
        lock (_lock)
        {
            _waiting.Free(call);
        }
    }

    private bool TryPark(WorkerCall call)
    {
        lock (_lock)
        {
            // A message that went with its connection comes again, and then the call does.
            if (_drains || !call.IsDelivered)
            {
                return false;
            }

            _waiting.Add(call);
            return true;
        }
    }

    private async Task EndAsync(WorkerCall call, CallEnd end)
    {
        lock (_lock)
        {
            _calls.Remove(call.Ticket);
            _waiting.Free(call);
        }

        if (_isDead)
        {
            return;
        }

        if (end != CallEnd.Over)
        {
            using var patience = new CancellationTokenSource(_options.Lifetime, _options.Time);
            await IgnoreAsync(_ledger.ReleaseAsync(call.Ticket, _options.Card.Name, patience.Token)).ConfigureAwait(false);
        }

        await call.SettleAsync(giveBack: end != CallEnd.Over).ConfigureAwait(false);
        call.Dispose();
    }

    private void Leave()
    {
        lock (_lock)
        {
            _atWork--;
        }

        StartWaiting();
    }

    private void Withdraw(CallTicket ticket)
    {
        WorkerCall? call;
        lock (_lock)
        {
            _calls.TryGetValue(ticket, out call);
        }

        try
        {
            call?.Withdraw();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(_options.Lifetime / 3, _options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
            {
                await TryBeatAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task TryBeatAsync()
    {
        try
        {
            foreach (var ticket in await _ledger.BeatAsync(_options.Card, _options.Lifetime, _end.Token).ConfigureAwait(false))
            {
                Withdraw(ticket);
            }
        }
        catch (JournalException failure)
        {
            // A worker that gave up now would be taken for dead as long as it lives.
            _options.OnNotice($"The journal did not take this worker's sign of life ({failure.Message}); tried again.");
        }
    }

    private async Task DrainAsync()
    {
        WorkerCall[] unstarted;
        lock (_lock)
        {
            _drains = true;
            unstarted = _waiting.Clear();
        }

        if (_isDead)
        {
            return;
        }

        await _link.TryAsync(_consumers.StopAsync).ConfigureAwait(false);
        foreach (var call in unstarted)
        {
            await EndAsync(call, CallEnd.GiveBack).ConfigureAwait(false);
        }

        var began = _options.Time.GetTimestamp();
        while (AtWork > 0 && _options.Time.GetElapsedTime(began) < _options.Drain)
        {
            await Task.Delay(_options.Pace / 5, _options.Time).ConfigureAwait(false);
        }

        await _end.CancelAsync().ConfigureAwait(false);
        while (AtWork > 0 && _options.Time.GetElapsedTime(began) < _options.Drain + _options.Lifetime * 2)
        {
            await Task.Delay(_options.Pace / 5, _options.Time).ConfigureAwait(false);
        }
    }

    private static async Task IgnoreAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception failure) when (BrokerFaults.Is(failure) || failure is JournalException)
        {
            // What was to be said is found out by others: the broker by the end of the connection, the ledger by missing beats.
        }
    }

    private enum CallEnd
    {
        Over,
        GiveBack,
        LookAgain,
    }
}
