using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Limits;

/// <summary>
/// What a provider lets through for one model, shared by all calls to it. Requests are paced by what the provider's
/// headers or the settings say; a refusal halves the width and makes all wait once, together, instead of each by
/// itself; a provider that is down gets one probe at a time; a spent quota closes it. Safe for use from any thread.
/// </summary>
internal sealed class ModelLimits : IDisposable
{
    /// <summary>Failures in a row that are none of a limit and none of the network's, until the provider counts as down.</summary>
    private const int FailuresUntilDown = 5;

    private const double MaxWidth = 10_000;

    private readonly AgentHostOptions _options;
    private readonly Lock _lock = new();
    private readonly LinkedList<LimitWaiter> _waiting = new();
    private readonly ITimer _timer;
    private readonly long _start;
    private readonly double _widest;
    private readonly bool _requestsAreSet;
    private readonly bool _tokensAreSet;
    private readonly Pace _pace = new();
    private readonly QuotaWall _wall = new();
    private TokenBucket? _requests;
    private TokenBucket? _tokens;
    private double _width;
    private double _pausedUntil;
    private double _tokensInFlight;
    private double _outputGuess;
    private Fault? _lastFault;
    private int _inFlight;
    private int _epoch;
    private int _failuresInRow;
    private int _rounds;
    private bool _probing;

    public ModelLimits(ProviderSettings? settings, AgentHostOptions options)
    {
        _options = options;
        _start = options.Time.GetTimestamp();
        _widest = settings?.MaxConcurrency ?? MaxWidth;
        _width = _widest;
        _requestsAreSet = settings?.RequestsPerMinute is not null;
        _tokensAreSet = settings?.TokensPerMinute is not null;
        _requests = settings?.RequestsPerMinute is { } requests ? TokenBucket.PerMinute(requests, 0) : null;
        _tokens = settings?.TokensPerMinute is { } tokens ? TokenBucket.PerMinute(tokens, 0) : null;
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

    /// <summary>Whether requests are under way or wait, and how many may be at once; null where nothing limits them.</summary>
    public (bool IsBusy, int? Allowed) State
    {
        get
        {
            lock (_lock)
            {
                var isBusy = _inFlight > 0 || _waiting.Count > 0;
                return (isBusy, Now < _pausedUntil ? 0 : _width >= MaxWidth ? null : (int)_width);
            }
        }
    }

    private double Now => _options.Time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Admission at once, or null where the request has to wait.</summary>
    public Admission? TryEnter(LimitTicket ticket)
    {
        lock (_lock)
        {
            var now = Now;
            return Refusal(ticket, ticket.Failures > 0 ? 0 : _rounds, now) ?? (_waiting.Count == 0 && WaitFor(ticket, now) == 0 ? Admit(ticket, now) : null);
        }
    }

    /// <summary>Waits for admission.</summary>
    public async Task<Admission> EnterAsync(LimitTicket ticket, CancellationToken cancellationToken)
    {
        LimitWaiter waiter;
        LinkedListNode<LimitWaiter> place;
        lock (_lock)
        {
            waiter = new LimitWaiter(ticket, ticket.Failures > 0 ? _rounds : 0);
            // Whoever has been refused goes before those who have yet to ask.
            place = ticket.Failures > 0 ? _waiting.AddFirst(waiter) : _waiting.AddLast(waiter);
        }

        Pump();
        using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(place, cancellationToken), null);
        return await waiter.Admitted.Task.ConfigureAwait(false);
    }

    public void Dispose() => _timer.Dispose();

    internal void Heard(Permit permit, LimitNews news)
    {
        lock (_lock)
        {
            Learn(permit, news, Now);
        }
    }

    internal void Succeeded(Permit permit, long tokens)
    {
        lock (_lock)
        {
            Leave(permit);
            Successes++;
            _failuresInRow = 0;
            _rounds = 0;
            _probing = false;
            _width = Math.Min(_widest, _width + (1 / Math.Max(1, _width)));
            _wall.Open(permit.SentAt);
            _pace.Succeeded(_requestsAreSet ? null : _requests);
            if (tokens > 0)
            {
                _tokens?.Correct(tokens - permit.Tokens);
            }
        }

        Pump();
    }

    /// <summary>Takes in what an answer took for output, for the estimates to come.</summary>
    internal void Used(long outputTokens)
    {
        lock (_lock)
        {
            _outputGuess += (outputTokens - _outputGuess) / 8;
        }
    }

    internal void Failed(Permit permit, Fault fault)
    {
        lock (_lock)
        {
            var now = Now;
            if (fault.Limits is { } news)
            {
                Learn(permit, news, now);
            }

            Leave(permit);
            var isNews = permit.Epoch == _epoch;
            switch (fault.Kind)
            {
                case FaultKind.Quota:
                    _wall.Close(fault, now, _options.Time.GetUtcNow());
                    _probing = true;
                    break;
                case FaultKind.RateLimit when isNews:
                    Narrow();
                    _requests = _requestsAreSet ? _requests : _pace.Refused(_requests, now);
                    // Where the provider says what is left the buckets tell when to go on.
                    Pause(fault, now, wait: fault.RetryAfter is not null || !_pace.IsKnown, probe: !_pace.IsKnown);
                    break;
                case FaultKind.Overload when isNews:
                    Narrow();
                    Pause(fault, now, wait: true, probe: true);
                    break;
                case FaultKind.Transient when ++_failuresInRow >= FailuresUntilDown || fault.IsUnreachable || permit.IsProbe:
                    if (isNews)
                    {
                        Pause(fault, now, wait: true, probe: true);
                    }

                    break;
            }
        }

        Pump();
    }

    internal void Released(Permit permit)
    {
        lock (_lock)
        {
            Leave(permit);
        }

        Pump();
    }

    private void Narrow() => _width = Math.Max(1, Math.Min(_width, _inFlight + 1) / 2);

    /// <summary>One pause for all, once for all that was sent before it.</summary>
    private void Pause(Fault fault, double now, bool wait, bool probe)
    {
        _epoch++;
        _rounds++;
        _lastFault = fault;
        _probing |= probe;
        if (wait)
        {
            _pausedUntil = Math.Max(_pausedUntil, now + RetryDelay.After(fault, _rounds, _options).TotalSeconds);
        }
    }

    private void Learn(Permit permit, LimitNews news, double now)
    {
        if (news.Requests is { } requests && !_requestsAreSet)
        {
            _requests = Learn(_pace.IsKnown ? _requests : null, requests, permit, permit.RequestsTaken, _inFlight - 1, now) ?? _requests;
            _pace.IsKnown = _requests is not null;
        }

        if (news.Tokens is { } tokens && !_tokensAreSet)
        {
            _tokens = Learn(_tokens, tokens, permit, permit.TokensTaken, _tokensInFlight - permit.Tokens, now);
        }
    }

    private static TokenBucket? Learn(TokenBucket? bucket, Allowance news, Permit permit, double takenThen, double inFlight, double now)
    {
        if (bucket is null)
        {
            return TokenBucket.Learn(news, inFlight, now);
        }

        bucket.Sync(news, bucket.Taken - takenThen, permit.SentAt, now);
        return bucket;
    }

    private void Leave(Permit permit)
    {
        _inFlight--;
        _tokensInFlight -= permit.Tokens;
    }

    /// <summary>Why a request need not wait any longer, or null.</summary>
    private Admission? Refusal(LimitTicket ticket, int roundsWaited, double now)
    {
        if (_wall.Fault(now) is { } spent)
        {
            return new Admission(null, spent, ticket.Failures);
        }

        var failures = ticket.Failures + roundsWaited;
        return roundsWaited > 0 && failures > ticket.Retries && now < _pausedUntil ? new Admission(null, _lastFault, failures) : null;
    }

    /// <summary>Seconds until the request may go, 0 for now, infinity where something has to happen first.</summary>
    private double WaitFor(LimitTicket ticket, double now)
    {
        if (now < _pausedUntil)
        {
            return _pausedUntil - now;
        }

        if (_inFlight >= Math.Floor(_width) || (_probing && _inFlight > 0))
        {
            return double.PositiveInfinity;
        }

        return Math.Max(_requests?.WaitFor(1, now) ?? 0, _tokens?.WaitFor(ticket.Tokens, now) ?? 0);
    }

    private Admission Admit(LimitTicket ticket, double now)
    {
        _requests?.Take(1, now);
        _tokens?.Take(ticket.Tokens, now);
        _inFlight++;
        _tokensInFlight += ticket.Tokens;
        var permit = new Permit(this)
        {
            Tokens = ticket.Tokens,
            SentAt = now,
            Epoch = _epoch,
            RequestsTaken = _requests?.Taken ?? 0,
            TokensTaken = _tokens?.Taken ?? 0,
            IsProbe = _probing,
        };
        return new Admission(permit, null, ticket.Failures);
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
                if (Refusal(waiter.Ticket, _rounds - waiter.Rounds, now) is { } refusal)
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

        _waiting.RemoveFirst();
        return Admit(first.Ticket, now);
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
