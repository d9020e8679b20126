using System.Net.Http.Headers;

namespace McpWorkflows.Agents.Limits;

/// <summary>What an answer's headers say about the endpoint's limits; travels with the answer's first update.</summary>
/// <param name="Requests">Null where the headers say nothing.</param>
/// <param name="Tokens">Input and output together, or whichever of them is scarcer; null where the headers say nothing.</param>
internal sealed record LimitNews(Allowance? Requests, Allowance? Tokens)
{
    /// <summary>The key under which an update's additional properties hold it.</summary>
    public const string Key = "McpWorkflows.Limits";

    /// <summary>Null where the headers say nothing.</summary>
    public static LimitNews? Read(HttpResponseHeaders headers, TimeProvider time)
    {
        var requests = Allowance.ReadOpenAI(headers, "requests") ?? Allowance.ReadAnthropic(headers, "requests", time);
        var tokens = Allowance.ReadOpenAI(headers, "tokens")
            ?? Allowance.Scarcer(
                Allowance.ReadAnthropic(headers, "input-tokens", time),
                Allowance.ReadAnthropic(headers, "output-tokens", time))
            ?? Allowance.ReadAnthropic(headers, "tokens", time);
        return requests is null && tokens is null ? null : new LimitNews(requests, tokens);
    }
}
