namespace McpWorkflows.Agents.Limits;

/// <summary>
/// Finds the pace of a provider that refuses without saying how much it lets through: somewhat below what got through
/// between two refusals, then slowly up again.
/// </summary>
internal sealed class Pace
{
    private const int EnoughSuccesses = 4;
    private const double Cut = 0.93;
    private const double Growth = 1.003;

    private double _since = -1;
    private int _successes;

    /// <summary>The provider's headers say it; nothing has to be found out.</summary>
    public bool IsKnown { get; set; }

    public void Succeeded(TokenBucket? bucket)
    {
        _successes++;
        if (!IsKnown)
        {
            bucket?.Scale(Growth);
        }
    }

    /// <summary>A limit was hit: gives the bucket that paces from now on.</summary>
    public TokenBucket? Refused(TokenBucket? bucket, double now)
    {
        if (IsKnown)
        {
            return bucket;
        }

        // What passed before the first refusal was saved up, and is no pace to be kept.
        var measured = _since >= 0 && _successes >= EnoughSuccesses && now > _since ? _successes / (now - _since) : (double?)null;
        if (_since < 0 || measured is not null)
        {
            (_since, _successes) = (now, 0);
        }

        return measured is { } rate ? TokenBucket.Paced(rate * Cut, now) : bucket;
    }
}
