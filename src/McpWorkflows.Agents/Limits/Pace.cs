namespace McpWorkflows.Agents.Limits;

/// <summary>
/// Finds the pace of a provider that refuses without saying how much it lets through: somewhat below what got through
/// between two refusals, then slowly up again. That a rate is the limit shows in refusals that the number of requests
/// under way does not explain, and in measurements that agree. Times are in seconds of one clock; not safe for several
/// threads.
/// </summary>
internal sealed class Pace
{
    private const int EnoughSuccesses = 4;
    private const double Cut = 0.93;
    private const double Growth = 1.003;

    /// <summary>After so many successes without a refusal a pace that was only guessed is far too slow, not a little.</summary>
    private const int LongRun = 100;
    private const double LongRunGrowth = 1.02;

    /// <summary>Refusals with others under way that a pace explains, until it is taken for the cause.</summary>
    private const double EnoughDoubts = 3;

    /// <summary>Successes that outweigh one such refusal.</summary>
    private const double SuccessesPerDoubt = 32;

    /// <summary>Successes in a row at full width for which the pace was no hindrance, until it is forgotten.</summary>
    private const int EnoughIdle = 16;

    private double _since = -1;
    private int _successes;
    private int _unhindered;
    private int _idleInRow;
    private double _doubts;
    private double _lastRate;
    private bool _isCertain;

    /// <summary>The provider's headers say it; nothing has to be found out.</summary>
    public bool IsKnown { get; set; }

    /// <summary>The pace, and not the width, has held requests back since the last measurement.</summary>
    private bool HasHindered => _unhindered * 10 <= _successes;

    /// <param name="bucket">Null while there is no pace.</param>
    /// <param name="isAtWidth">The width was used up.</param>
    /// <returns>The bucket that paces from now on.</returns>
    public TokenBucket? Succeeded(TokenBucket? bucket, Permit permit, bool isAtWidth, double now)
    {
        _successes += permit.SentAt >= _since ? 1 : 0;
        _doubts = Math.Max(0, _doubts - (1 / SuccessesPerDoubt));
        if (IsKnown || bucket is null)
        {
            return bucket;
        }

        var isFull = bucket.Available(now) >= bucket.Capacity;
        _unhindered += isFull ? 1 : 0;
        bucket.Scale(_successes > LongRun && !_isCertain ? LongRunGrowth : Growth);
        if (isAtWidth)
        {
            _idleInRow = isFull ? _idleInRow + 1 : 0;
        }

        return _idleInRow >= EnoughIdle ? null : bucket;
    }

    /// <summary>A request was refused: gives the bucket that paces from now on.</summary>
    /// <param name="inFlight">Requests under way besides it.</param>
    public TokenBucket? Refused(TokenBucket? bucket, int inFlight, RefusalCause cause, double now)
    {
        if (IsKnown)
        {
            return bucket;
        }

        if (_since < 0)
        {
            // What passed before the first refusal was saved up, and is no pace to be kept.
            StartMeasuring(now);
            return bucket;
        }

        var isPaced = bucket is not null && HasHindered;
        if (cause == RefusalCause.Concurrency && !isPaced)
        {
            return bucket;
        }

        _idleInRow = 0;
        var isSure = cause == RefusalCause.Rate || isPaced;
        _doubts += isSure || inFlight == 0 ? EnoughDoubts : 1;
        if (_doubts < EnoughDoubts || _successes < EnoughSuccesses || now <= _since)
        {
            return bucket;
        }

        var rate = (_successes + inFlight) / (now - _since);
        // A pace that grew while it held was too slow on average and too fast at the end.
        rate = isPaced ? Math.Max(rate, bucket!.PerSecond * 0.8) : rate;
        var isRate = isSure || (rate < _lastRate * 1.5 && _lastRate < rate * 1.5);
        _lastRate = rate;
        _isCertain = cause == RefusalCause.Rate;
        StartMeasuring(now);
        return isRate ? TokenBucket.Paced(rate * Cut, now) : bucket;
    }

    private void StartMeasuring(double now) => (_since, _successes, _unhindered, _doubts) = (now, 0, 0, 0);
}
