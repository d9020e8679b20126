using McpWorkflows.Agents.Connections;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Limits;
using McpWorkflows.Agents.OpenAI;

namespace McpWorkflows.Agents.Anthropic;

/// <summary>
/// Stands below the SDK and keeps what it drops: the limits that an answer's headers tell, and of a refusal the
/// status, its code and when to ask again.
/// </summary>
internal sealed class AnthropicTransport(HttpMessageHandler connections, string? apiKey, IReadOnlyDictionary<string, string> headers, TimeProvider time)
    : DelegatingHandler(connections)
{
    private static readonly AsyncLocal<Heard?> Current = new();

    /// <summary>Where to put what the next request of this flow of control is told.</summary>
    /// <param name="pulse">Told of every byte that arrives; null for nobody.</param>
    public static Heard Listen(Action? pulse) => Current.Value = new Heard(pulse);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var news = LimitNews.Read(response.Headers, time);
        if (Current.Value is { } heard)
        {
            heard.News = news;
        }

        if (response.IsSuccessStatusCode)
        {
            // The SDK says nothing of pings, which is all that comes while a model thinks.
            response.Content = Current.Value?.Pulse is { } pulse ? new PulseContent(response.Content, pulse) : response.Content;
            return response;
        }

        using (response)
        {
            throw await ErrorReader.ReadAsync(response, apiKey, time, cancellationToken).ConfigureAwait(false);
        }
    }

    internal sealed class Heard(Action? pulse)
    {
        public Action? Pulse => pulse;

        public LimitNews? News { get; set; }
    }
}
