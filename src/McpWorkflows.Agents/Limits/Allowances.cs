using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Limits;

/// <summary>
/// What a provider lets through over time, of requests and of tokens: by its headers, by the settings, or found out by
/// trial. Times are in seconds of one clock; not safe for several threads.
/// </summary>
internal sealed class Allowances
{
    private readonly bool _requestsAreSet;
    private readonly bool _tokensAreSet;
    private readonly Pace _pace = new();
    private TokenBucket? _requests;
    private TokenBucket? _tokens;
    private double _tokensInFlight;

    public Allowances(ProviderSettings? settings)
    {
        _requestsAreSet = settings?.RequestsPerMinute is not null;
        _tokensAreSet = settings?.TokensPerMinute is not null;
        _requests = settings?.RequestsPerMinute is { } requests ? TokenBucket.PerMinute(requests, 0) : null;
        _tokens = settings?.TokensPerMinute is { } tokens ? TokenBucket.PerMinute(tokens, 0) : null;
    }

    /// <summary>The provider's headers say how many requests are left.</summary>
    public bool IsTold => _pace.IsKnown;

    /// <summary>Seconds until a request of so many tokens may go.</summary>
    public double WaitFor(double tokens, double now) => Math.Max(_requests?.WaitFor(1, now) ?? 0, _tokens?.WaitFor(tokens, now) ?? 0);

    /// <summary>A request of so many tokens goes; gives what had gone then, itself included.</summary>
    public (double Requests, double Tokens) Take(double tokens, double now)
    {
        _requests?.Take(1, now);
        _tokens?.Take(tokens, now);
        _tokensInFlight += tokens;
        return (_requests?.Taken ?? 0, _tokens?.Taken ?? 0);
    }

    /// <summary>A request has ended, somehow.</summary>
    public void Ended(Permit permit) => _tokensInFlight -= permit.Tokens;

    /// <param name="tokens">Used in fact; 0 where that is not known.</param>
    /// <param name="isAtWidth">As many were under way as may be.</param>
    public void Succeeded(Permit permit, long tokens, bool isAtWidth, double now)
    {
        if (!_requestsAreSet)
        {
            _requests = _pace.Succeeded(_requests, permit, isAtWidth, now);
        }

        if (tokens > 0)
        {
            _tokens?.Correct(tokens - permit.Tokens);
        }
    }

    /// <summary>The provider refused a request for its limits.</summary>
    /// <param name="inFlight">Requests under way besides it.</param>
    public void Refused(int inFlight, RefusalCause cause, double now) =>
        _requests = _requestsAreSet ? _requests : _pace.Refused(_requests, inFlight, cause, now);

    /// <summary>Takes in what an answer's headers say.</summary>
    /// <param name="inFlight">Requests under way, the answered one included.</param>
    public void Learn(Permit permit, LimitNews news, int inFlight, double now)
    {
        if (news.Requests is { } requests && !_requestsAreSet)
        {
            _requests = Learn(_pace.IsKnown ? _requests : null, requests, permit, permit.RequestsTaken, inFlight - 1, now) ?? _requests;
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
}
