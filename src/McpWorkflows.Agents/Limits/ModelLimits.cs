using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Limits;

/// <summary>
/// What a provider lets through for one model, shared by all calls to it: its allowances over time, and a width that
/// refusals narrow and successes widen. Who has to wait waits here. Safe for use from any thread.
/// </summary>
internal sealed class ModelLimits : IDisposable
{
    private readonly AgentHostOptions _options;
    private readonly Lock _lock = new();
    private readonly LinkedList<LimitWaiter> _waiting = new();
    private readonly ITimer _timer;
    private readonly long _start;
    private readonly Allowances _allowances;
    private readonly Throttle _throttle;
    private readonly ProviderSlots _slots;
    private double _outputGuess;
    private int _inFlight;

    /// <param name="lane">For measurements: the model, or the provider where its limits are common to all its models.</param>
    public ModelLimits(string lane, ProviderSettings? settings, AgentHostOptions options)
    {
        _options = options;
        _start = options.Time.GetTimestamp();
        _allowances = new Allowances(settings);
        _throttle = new Throttle(lane, settings, options);
        _slots = new ProviderSlots(lane, settings, options, Retry);
        _timer = options.Time.CreateTimer(_ => Pump(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Requests that succeeded so far; a call that sees it grow knows that waiting pays.</summary>
    public long Successes { get; private set; }

    /// <summary>What requests of this model have used for output lately, in tokens.</summary>
    public double OutputGuess
    {
        get
        {
            lock (_lock)
            {
                return _outputGuess;
            }
        }
    }

    /// <summary>Requests under way, requests that wait, and how many may be under way at once; null where nothing limits them.</summary>
    public (int InFlight, int Waiting, int? Allowed) State
    {
        get
        {
            lock (_lock)
            {
                return (_inFlight, _waiting.Count, _throttle.Allowed(Now));
            }
        }
    }

    /// <summary>Requests that wait for nothing but a slot.</summary>
    private int Wanted => _waiting.First is { Value: var first } && WaitFor(first.Ticket, Now) == 0 ? Math.Min(_waiting.Count, _throttle.Room(_inFlight, Now)) : 0;

    private double Now => _options.Time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Admission at once, or null where the request has to wait.</summary>
    public Admission? TryEnter(LimitTicket ticket)
    {
        lock (_lock)
        {
            var now = Now;
            return _throttle.Refusal(ticket, ticket.Failures > 0 ? 0 : _throttle.Rounds, now)
                ?? (_waiting.Count == 0 && WaitFor(ticket, now) == 0 ? TryAdmit(ticket, now) : null);
        }
    }

    /// <summary>Waits for admission.</summary>
    public async Task<Admission> EnterAsync(LimitTicket ticket, CancellationToken cancellationToken)
    {
        LimitWaiter waiter;
        LinkedListNode<LimitWaiter> place;
        lock (_lock)
        {
            waiter = new LimitWaiter(ticket, ticket.Failures > 0 ? _throttle.Rounds : 0);
            // Whoever has been refused goes before those who have yet to ask.
            place = ticket.Failures > 0 ? _waiting.AddFirst(waiter) : _waiting.AddLast(waiter);
        }

        Pump();
        using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(place, cancellationToken), null);
        return await waiter.Admitted.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _slots.Dispose();
    }

    /// <summary>Takes in what an answer took for output, for the estimates to come.</summary>
    internal void Used(long outputTokens)
    {
        lock (_lock)
        {
            _outputGuess += (outputTokens - _outputGuess) / 8;
        }
    }

    internal void Heard(Permit permit, LimitNews news)
    {
        lock (_lock)
        {
            _allowances.Learn(permit, news, _inFlight, Now);
        }
    }

    internal void Succeeded(Permit permit, long tokens)
    {
        lock (_lock)
        {
            Leave(permit);
            Successes++;
            _allowances.Succeeded(permit, tokens, _throttle.IsUsedUp(_inFlight), Now);
            _throttle.Succeeded(permit, _inFlight);
            _slots.Release(permit, Wanted);
        }

        Pump();
    }

    internal void Failed(Permit permit, Fault fault)
    {
        lock (_lock)
        {
            var now = Now;
            if (fault.Limits is { } news)
            {
                _allowances.Learn(permit, news, _inFlight, now);
            }

            Leave(permit);
            _throttle.Failed(permit, fault, _inFlight, _allowances, now);
            _slots.Release(permit, Wanted);
        }

        Pump();
    }

    internal void Released(Permit permit)
    {
        lock (_lock)
        {
            Leave(permit);
            _slots.Release(permit, Wanted);
        }

        Pump();
    }

    private void Leave(Permit permit)
    {
        _inFlight--;
        _allowances.Ended(permit);
    }

    private double WaitFor(LimitTicket ticket, double now) =>
        _throttle.WaitFor(_inFlight, now) is > 0 and var wait ? wait : _allowances.WaitFor(ticket.Tokens, now);

    /// <summary>Null when other processes have all of the provider's slots.</summary>
    private Admission? TryAdmit(LimitTicket ticket, double now)
    {
        if (_slots.TryTake() is not { } hasSlot)
        {
            return null;
        }

        var (requests, tokens) = _allowances.Take(ticket.Tokens, now);
        _inFlight++;
        var permit = new Permit(this)
        {
            Tokens = ticket.Tokens,
            SentAt = now,
            Epoch = _throttle.Epoch,
            RequestsTaken = requests,
            TokensTaken = tokens,
            IsProbe = _throttle.IsProbing,
            HasSlot = hasSlot,
        };
        return new Admission(permit, null, ticket.Failures);
    }

    private int Retry()
    {
        Pump();
        lock (_lock)
        {
            return Wanted;
        }
    }

    private void Pump()
    {
        List<(LimitWaiter Waiter, Admission Admission)>? ready = null;
        lock (_lock)
        {
            var now = Now;
            for (var place = _waiting.First; place is not null;)
            {
                var next = place.Next;
                var waiter = place.Value;
                if (_throttle.Refusal(waiter.Ticket, _throttle.Rounds - waiter.Rounds, now) is { } refusal)
                {
                    _waiting.Remove(place);
                    (ready ??= []).Add((waiter, refusal));
                }

                place = next;
            }

            while (_waiting.First is { Value: var first } && AdmitFirst(first, now) is { } admission)
            {
                (ready ??= []).Add((first, admission));
            }
        }

        ready?.ForEach(one => one.Waiter.Admitted.TrySetResult(one.Admission));
    }

    private Admission? AdmitFirst(LimitWaiter first, double now)
    {
        var wait = WaitFor(first.Ticket, now);
        if (wait > 0)
        {
            if (double.IsFinite(wait))
            {
                _timer.Change(TimeSpan.FromSeconds(Math.Min(wait, 3600)) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            }

            return null;
        }

        var admission = TryAdmit(first.Ticket, now);
        if (admission is not null)
        {
            _waiting.RemoveFirst();
        }

        return admission;
    }

    private void GiveUp(LinkedListNode<LimitWaiter> place, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (place.List is null)
            {
                return;
            }

            _waiting.Remove(place);
        }

        place.Value.Admitted.TrySetCanceled(cancellationToken);
        Pump();
    }
}
