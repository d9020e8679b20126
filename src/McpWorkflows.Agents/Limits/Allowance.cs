using System.Globalization;
using System.Net.Http.Headers;

namespace McpWorkflows.Agents.Limits;

/// <summary>How much of a limit is left, as an endpoint counts it.</summary>
/// <param name="Limit">When full.</param>
/// <param name="Reset">Until it is full again, if nothing more is taken.</param>
internal sealed record Allowance(double Limit, double Remaining, TimeSpan Reset)
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("h", 3600), ("m", 60), ("s", 1)];

    /// <summary>What flows back per second; null where nothing is taken, so that nothing can be told.</summary>
    public double? RefillPerSecond => Limit > Remaining && Reset > TimeSpan.Zero ? (Limit - Remaining) / Reset.TotalSeconds : null;

    /// <summary><c>x-ratelimit-limit-requests: 500</c>, <c>-remaining-requests: 499</c>, <c>-reset-requests: 120ms</c>.</summary>
    public static Allowance? ReadOpenAI(HttpResponseHeaders headers, string what) =>
        Number(headers, $"x-ratelimit-limit-{what}") is { } limit and > 0
        && Number(headers, $"x-ratelimit-remaining-{what}") is { } remaining
        && Text(headers, $"x-ratelimit-reset-{what}") is { } reset
        && Duration(reset) is { } time
            ? new Allowance(limit, remaining, time)
            : null;

    /// <summary><c>anthropic-ratelimit-requests-limit: 50</c>, <c>-remaining: 49</c>, <c>-reset</c>: a moment of RFC 3339.</summary>
    public static Allowance? ReadAnthropic(HttpResponseHeaders headers, string what, TimeProvider time) =>
        Number(headers, $"anthropic-ratelimit-{what}-limit") is { } limit and > 0
        && Number(headers, $"anthropic-ratelimit-{what}-remaining") is { } remaining
        && DateTimeOffset.TryParse(Text(headers, $"anthropic-ratelimit-{what}-reset"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var reset)
            ? new Allowance(limit, remaining, reset > time.GetUtcNow() ? reset - time.GetUtcNow() : TimeSpan.Zero)
            : null;

    public static Allowance? Scarcer(Allowance? left, Allowance? right) =>
        left is null || right is null ? left ?? right : left.Remaining / left.Limit <= right.Remaining / right.Limit ? left : right;

    /// <summary><c>1s</c>, <c>6m0s</c>, <c>120ms</c>, <c>1h2m3.5s</c>, or plain seconds.</summary>
    internal static TimeSpan? Duration(string text)
    {
        var rest = text.AsSpan().Trim();
        double seconds = 0;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            var number = digits < 0 ? rest : rest[..digits];
            if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                return null;
            }

            rest = rest[number.Length..];
            var factor = rest.Length == 0 ? 1 : 0.0;
            foreach (var (unit, scale) in Units)
            {
                if (rest.StartsWith(unit, StringComparison.Ordinal))
                {
                    factor = scale;
                    rest = rest[unit.Length..];
                    break;
                }
            }

            if (factor == 0)
            {
                return null;
            }

            seconds += value * factor;
        }

        return seconds < 1e7 ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static double? Number(HttpResponseHeaders headers, string name) =>
        double.TryParse(Text(headers, name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string? Text(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
