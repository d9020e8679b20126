using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Testing.Models;

/// <summary>How an endpoint tells its limits.</summary>
public enum LimitHeaders
{
    /// <summary><c>x-ratelimit-*</c> with every answer, <c>Retry-After</c> with a refusal.</summary>
    OpenAI,

    /// <summary><c>anthropic-ratelimit-*</c> with every answer, <c>Retry-After</c> with a refusal.</summary>
    Anthropic,

    /// <summary><c>Retry-After</c> with a refusal, no more.</summary>
    RetryAfter,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>
/// The limits of an endpoint: a token bucket for requests and one for tokens, both full at first. Safe for use from any
/// thread.
/// </summary>
/// <param name="minute">How long a minute takes; tests have no time for real ones.</param>
public sealed class RateLimiter(TimeSpan minute, double requestsPerMinute, double tokensPerMinute)
{
    private readonly Lock gate = new();
    private readonly long start = Stopwatch.GetTimestamp();
    private double spentRequests;
    private double spentTokens;
    private double at;

    public LimitHeaders Headers { get; init; }

    public int Admitted { get; private set; }

    /// <summary>Requests answered with 429.</summary>
    public int Refused { get; private set; }

    /// <summary>Of all requests admitted.</summary>
    public double TokensAdmitted { get; private set; }

    /// <summary>The least time in which so many requests can be admitted, whoever sends them.</summary>
    public TimeSpan Dictates(double requestCount, double tokenCount) => TimeSpan.FromSeconds(Math.Max(
        Math.Max(0, requestCount - requestsPerMinute) / PerSecond(requestsPerMinute),
        Math.Max(0, tokenCount - tokensPerMinute) / PerSecond(tokensPerMinute)));

    /// <summary>Takes one request of that many tokens, or refuses it; writes the headers either way.</summary>
    internal ModelReply? Refuse(double wanted, IHeaderDictionary headers)
    {
        lock (gate)
        {
            var now = Stopwatch.GetElapsedTime(start).TotalSeconds;
            spentRequests = Math.Max(0, spentRequests - ((now - at) * PerSecond(requestsPerMinute)));
            spentTokens = Math.Max(0, spentTokens - ((now - at) * PerSecond(tokensPerMinute)));
            at = now;
            var wait = Math.Max(
                (spentRequests + 1 - requestsPerMinute) / PerSecond(requestsPerMinute),
                (spentTokens + wanted - tokensPerMinute) / PerSecond(tokensPerMinute));
            if (wait > 0)
            {
                Refused++;
                Tell(headers);
                return ModelReply.RateLimited(Headers == LimitHeaders.None ? null : TimeSpan.FromSeconds(wait));
            }

            spentRequests++;
            spentTokens += wanted;
            Admitted++;
            TokensAdmitted += wanted;
            Tell(headers);
            return null;
        }
    }

    private double PerSecond(double perMinute) => perMinute / minute.TotalSeconds;

    private void Tell(IHeaderDictionary headers)
    {
        Tell("requests", requestsPerMinute, spentRequests);
        Tell("tokens", tokensPerMinute, spentTokens);

        void Tell(string what, double limit, double spent)
        {
            var left = limit - spent;
            var reset = TimeSpan.FromSeconds(spent / PerSecond(limit));
            switch (Headers)
            {
                case LimitHeaders.OpenAI:
                    headers[$"x-ratelimit-limit-{what}"] = Text(limit);
                    headers[$"x-ratelimit-remaining-{what}"] = Text(Math.Floor(left));
                    headers[$"x-ratelimit-reset-{what}"] = reset.TotalSeconds < 1 ? $"{Text(Math.Ceiling(reset.TotalMilliseconds))}ms" : $"{Text(Math.Round(reset.TotalSeconds, 3))}s";
                    break;
                case LimitHeaders.Anthropic:
                    headers[$"anthropic-ratelimit-{what}-limit"] = Text(limit);
                    headers[$"anthropic-ratelimit-{what}-remaining"] = Text(Math.Floor(left));
                    headers[$"anthropic-ratelimit-{what}-reset"] = (DateTimeOffset.UtcNow + reset).ToString("O", CultureInfo.InvariantCulture);
                    break;
            }
        }
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
