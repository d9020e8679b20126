using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Limits;

/// <summary>
/// How many requests may be under way, by what became of the earlier ones: a refusal while others are served bounds the
/// width by those; one with nobody else under way, or that says how long to wait, makes all wait once, together; a success
/// widens it; a provider that is down gets one probe at a time; a spent quota closes it. Times are in seconds of one
/// clock; not safe for several threads.
/// </summary>
internal sealed class Throttle(string lane, ProviderSettings? settings, AgentHostOptions options)
{
    /// <summary>Failures in a row that are none of a limit and none of the network's, until the provider counts as down.</summary>
    private const int FailuresUntilDown = 5;

    private readonly Width _width = new(lane, settings?.MaxConcurrency);
    private readonly QuotaWall _wall = new();
    private double _pausedUntil;
    private Fault? _lastFault;
    private int _failuresInRow;

    /// <summary>A request alone is under way, or will be, to see whether the provider is back.</summary>
    public bool IsProbing { get; private set; }

    /// <summary>Changes of the width: what was sent before the last one says nothing new.</summary>
    public int Epoch { get; private set; }

    /// <summary>Rounds in which the provider failed since it last succeeded.</summary>
    public int Rounds { get; private set; }

    /// <summary>Why a request need not wait any longer, or null.</summary>
    /// <param name="roundsWaited">Failures of others that it sat through.</param>
    public Admission? Refusal(LimitTicket ticket, int roundsWaited, double now)
    {
        if (_wall.Fault(now) is { } spent)
        {
            return new Admission(null, spent, ticket.Failures);
        }

        var failures = ticket.Failures + roundsWaited;
        return roundsWaited > 0 && failures > ticket.Patience.After(_lastFault!) && now < _pausedUntil ? new Admission(null, _lastFault, failures) : null;
    }

    /// <summary>Seconds until another request may go, 0 for now, infinity where something has to happen first.</summary>
    public double WaitFor(int inFlight, double now) =>
        now < _pausedUntil ? _pausedUntil - now
            : inFlight >= _width.Value || (IsProbing && inFlight > 0) ? double.PositiveInfinity
            : 0;

    /// <summary>Requests that may join those under way now.</summary>
    public int Room(int inFlight, double now) => WaitFor(inFlight, now) > 0 ? 0 : IsProbing ? 1 : _width.Value - inFlight;

    /// <summary>Requests that may be under way at once; null where nothing limits them.</summary>
    public int? Allowed(double now) => now < _pausedUntil ? 0 : _width.Bound;

    /// <summary>As many are under way, with one more, as may be.</summary>
    public bool IsUsedUp(int inFlight) => _width.IsUsedUp(inFlight);

    /// <param name="inFlight">Requests under way besides the one that succeeded.</param>
    public void Succeeded(Permit permit, int inFlight)
    {
        _failuresInRow = 0;
        Rounds = 0;
        IsProbing = false;
        _width.Succeeded(inFlight);
        _wall.Open(permit.SentAt);
    }

    /// <param name="inFlight">Requests under way besides the one that failed.</param>
    /// <param name="allowances">Told of refusals; where they know what is left they say when to go on.</param>
    public void Failed(Permit permit, Fault fault, int inFlight, Allowances allowances, double now)
    {
        var isNews = permit.Epoch == Epoch;
        switch (fault.Kind)
        {
            case FaultKind.Quota:
                _wall.Close(fault, now, options.Time.GetUtcNow());
                IsProbing = true;
                break;
            case FaultKind.RateLimit when fault.RetryAfter is null && !allowances.IsTold:
                FindOut(fault, isNews, inFlight, allowances, now);
                break;
            case FaultKind.RateLimit when isNews:
                _width.Halve(inFlight);
                allowances.Refused(inFlight, RefusalCause.Rate, now);
                Pause(fault, now, wait: fault.RetryAfter is not null || !allowances.IsTold, probe: !allowances.IsTold);
                break;
            case FaultKind.Overload when isNews:
                _width.Halve(inFlight);
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

    /// <summary>A refusal without a word on when to come back: too many at a time, or too many in some time.</summary>
    private void FindOut(Fault fault, bool isNews, int inFlight, Allowances allowances, double now)
    {
        if (now < _pausedUntil)
        {
            return;
        }

        if (inFlight == 0)
        {
            allowances.Refused(inFlight, RefusalCause.Unclear, now);
            _width.Restart();
            Pause(fault, now, wait: true, probe: true);
            return;
        }

        if (isNews)
        {
            allowances.Refused(inFlight, _width.Explains(inFlight) ? RefusalCause.Concurrency : RefusalCause.Unclear, now);
            Epoch++;
        }

        // The next to end makes room: there is nothing to wait for.
        _width.Yield(inFlight, isNews);
    }

    /// <summary>One pause for all, once for all that was sent before it.</summary>
    private void Pause(Fault fault, double now, bool wait, bool probe)
    {
        Epoch++;
        Rounds++;
        _lastFault = fault;
        IsProbing |= probe;
        if (wait)
        {
            _pausedUntil = Math.Max(_pausedUntil, now + RetryDelay.After(fault, Rounds, options).TotalSeconds);
        }
    }
}
