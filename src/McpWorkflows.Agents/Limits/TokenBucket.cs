namespace McpWorkflows.Agents.Limits;

/// <summary>
/// A provider's allowance as this process believes it to be: what is taken when a request is sent flows back over time,
/// and what the provider says corrects the belief. Times are in seconds of one clock; not safe for several threads.
/// </summary>
internal sealed class TokenBucket
{
    private const double ReservePart = 0.05;

    private double _available;
    private double _at;
    private double _evidence;

    private TokenBucket(double capacity, double perSecond, double available, double now)
    {
        Capacity = capacity;
        PerSecond = perSecond;
        _available = available;
        _at = now;
    }

    public double Capacity { get; private set; }

    public double PerSecond { get; private set; }

    /// <summary>Everything taken so far, so that a request can tell what was taken after it.</summary>
    public double Taken { get; private set; }

    /// <summary>From the settings: a minute's allowance, full.</summary>
    public static TokenBucket PerMinute(double amount, double now) => new(amount, amount / 60, amount, now);

    /// <summary>A pace found by trial, without a burst.</summary>
    public static TokenBucket Paced(double perSecond, double now) => new(Math.Max(1, perSecond / 10), perSecond, 0, now);

    /// <summary>From the first answer that tells; null while it does not tell how fast the allowance comes back.</summary>
    /// <param name="inFlight">Taken by requests that the answer may not know of yet.</param>
    public static TokenBucket? Learn(Allowance news, double inFlight, double now) => news.RefillPerSecond is { } rate
        ? new TokenBucket(news.Limit, rate, news.Remaining - inFlight, now) { _evidence = news.Limit - news.Remaining }
        : null;

    public double Available(double now)
    {
        if (now > _at)
        {
            _available = Math.Min(Capacity, _available + ((now - _at) * PerSecond));
            _at = now;
        }

        return _available;
    }

    /// <summary>Seconds until that much can be taken; 0 for at once. What can never fit is let in when the bucket is full.</summary>
    public double WaitFor(double amount, double now)
    {
        // Requests do not arrive as evenly as they are sent: a little stays in the bucket.
        var wanted = Math.Min(Capacity, amount + Math.Min(amount, Capacity * ReservePart));
        var missing = wanted - Available(now);
        return missing <= 0 ? 0 : missing / PerSecond;
    }

    public void Take(double amount, double now)
    {
        _available = Available(now) - amount;
        Taken += amount;
    }

    /// <summary>A request took more or less than was thought.</summary>
    public void Correct(double more) => _available -= more;

    public void Scale(double factor) => PerSecond *= factor;

    /// <summary>Takes in what an answer says.</summary>
    /// <param name="takenSince">By requests sent after the one that is answered: the provider may not know of them.</param>
    /// <param name="sentAt">When the request was sent.</param>
    public void Sync(Allowance news, double takenSince, double sentAt, double now)
    {
        Capacity = news.Limit;
        var used = news.Limit - news.Remaining;
        // Little used and rounded times make a poor estimate: a better one stays until its like comes.
        if (news.RefillPerSecond is { } rate && used >= _evidence * 0.5)
        {
            PerSecond = rate;
            _evidence = used;
        }

        var least = news.Remaining - takenSince;
        var most = Math.Min(Capacity, news.Remaining + ((now - sentAt) * PerSecond));
        _available = Math.Clamp(Available(now), Math.Min(least, most), most);
    }
}
