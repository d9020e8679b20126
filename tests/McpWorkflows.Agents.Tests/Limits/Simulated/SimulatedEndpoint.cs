using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Limits;

namespace McpWorkflows.Agents.Tests.Limits.Simulated;

/// <summary>A model endpoint with a limit of some kind, in simulated time.</summary>
internal abstract class SimulatedEndpoint
{
    public int InFlight { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Lets a request in, or says why not.</summary>
    public Fault? Arrive(double now)
    {
        if (Refuse(now) is { } fault)
        {
            Refused++;
            return fault;
        }

        InFlight++;
        return null;
    }

    public void Depart() => InFlight--;

    /// <summary>What the headers of an answer say.</summary>
    public virtual LimitNews? Tell(double now) => null;

    /// <summary>The least time for so many requests, which take so long taken together.</summary>
    /// <param name="width">Requests that the clients may have under way.</param>
    public abstract double Ideal(int requests, double seconds, int width);

    protected abstract Fault? Refuse(double now);

    protected static Fault TooMany(double? retryAfter = null, LimitNews? news = null) =>
        new("Too many requests.", FaultKind.RateLimit) { RetryAfter = retryAfter is { } wait ? TimeSpan.FromSeconds(wait) : null, Limits = news };
}

/// <summary>So many at a time; like a local inference server it says 429 to one more, and nothing else.</summary>
/// <param name="bounds">From when on, in seconds, which bound holds.</param>
internal sealed class ConcurrencyBound(params (double From, int Bound)[] bounds) : SimulatedEndpoint
{
    public double? RetryAfter { get; init; }

    public override double Ideal(int requests, double seconds, int width)
    {
        var left = seconds;
        for (var i = 0; ; i++)
        {
            var until = i + 1 < bounds.Length ? bounds[i + 1].From : double.PositiveInfinity;
            var wide = Math.Min(bounds[i].Bound, width);
            if ((until - bounds[i].From) * wide >= left)
            {
                return bounds[i].From + (left / wide);
            }

            left -= (until - bounds[i].From) * wide;
        }
    }

    protected override Fault? Refuse(double now) => InFlight >= bounds.Last(bound => bound.From <= now).Bound ? TooMany(RetryAfter) : null;
}

/// <summary>So many per second, and some saved up.</summary>
internal sealed class RateBound(double perSecond, double burst) : SimulatedEndpoint
{
    private double _spent;
    private double _at;

    /// <summary>A refusal says when to come back.</summary>
    public bool TellsWhen { get; init; }

    /// <summary>Each answer says what is left.</summary>
    public bool TellsWhatIsLeft { get; init; }

    public override double Ideal(int requests, double seconds, int width) =>
        Math.Max(((requests - burst) / perSecond) + (seconds / requests), seconds / width);

    public override LimitNews? Tell(double now) => TellsWhatIsLeft
        ? new LimitNews(new Allowance(burst, Math.Floor(Left(now)), TimeSpan.FromSeconds((burst - Left(now)) / perSecond)), null)
        : null;

    protected override Fault? Refuse(double now)
    {
        if (Left(now) < 1)
        {
            return TooMany(TellsWhen ? (1 - Left(now)) / perSecond : null, Tell(now));
        }

        _spent++;
        return null;
    }

    private double Left(double now)
    {
        _spent = Math.Max(0, _spent - ((now - _at) * perSecond));
        _at = now;
        return burst - _spent;
    }
}

/// <summary>So many in each window of the clock, at once if one likes; then nothing until the next window.</summary>
internal sealed class WindowBound(int perWindow, double window) : SimulatedEndpoint
{
    private double _window = -1;
    private int _taken;

    public override double Ideal(int requests, double seconds, int width) =>
        (((requests - 1) / perWindow) * window) + (Math.Min(requests, perWindow) * (seconds / requests) / width);

    protected override Fault? Refuse(double now)
    {
        if (Math.Floor(now / window) != _window)
        {
            (_window, _taken) = (Math.Floor(now / window), 0);
        }

        return ++_taken > perWindow ? TooMany() : null;
    }
}

/// <summary>Refuses everything for some time, whatever one does; else nothing.</summary>
internal sealed class Outage(double from, double until, FaultKind kind) : SimulatedEndpoint
{
    public override double Ideal(int requests, double seconds, int width) => (seconds / width) + (until - from);

    protected override Fault? Refuse(double now) => now >= from && now < until ? new Fault("Overloaded.", kind) : null;
}
