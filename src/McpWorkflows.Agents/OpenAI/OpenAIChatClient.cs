using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using McpWorkflows.Agents.Connections;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Limits;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.OpenAI;

/// <summary>
/// Chat Completions over HTTP, for OpenAI and for what calls itself compatible. The OpenAI package was measured and
/// tried against compatible servers' habits first: it throws answers away for an unknown finish reason or role, and
/// reads an error sent within a stream, and an answer that is not a stream, as an empty answer without an error.
/// </summary>
internal sealed class OpenAIChatClient : IChatClient
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly OpenAIEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;
    private volatile bool _withoutStreamOptions;

    public OpenAIChatClient(OpenAIEndpoint endpoint, int maxConnections, TimeProvider time)
        : this(endpoint, time, HttpConnections.Create(maxConnections))
    {
    }

    /// <summary>Takes the handler over.</summary>
    public OpenAIChatClient(OpenAIEndpoint endpoint, TimeProvider time, HttpMessageHandler handler)
    {
        _endpoint = endpoint;
        _time = time;
        _http = new HttpMessageInvoker(handler);
    }

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            updates.Add(update);
        }

        return updates.ToChatResponse();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Every chunk gives an update, if only an empty one as a sign of life. Tool calls come whole, after the text;
    /// usage comes once, last, also when the stream breaks. Throws <see cref="ModelRequestException"/>.
    /// </remarks>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var messageList = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        using var response = await SendAsync(messageList, options ?? new ChatOptions(), cancellationToken).ConfigureAwait(false);
        if (LimitNews.Read(response.Headers, _time) is { } news)
        {
            yield return new ChatResponseUpdate { AdditionalProperties = new() { [LimitNews.Key] = news } };
        }

        var reader = new CompletionReader();
        ModelRequestException? broken = null;
        if (IsStream(response))
        {
            using var bytes = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            using var stream = new PulseStream(bytes, Pulse.PulseOf(options ?? new ChatOptions()) ?? (() => { }));
            var events = SseParser.Create(stream, (_, data) => reader.Accept(data)).EnumerateAsync(cancellationToken);
            var enumerator = events.GetAsyncEnumerator(cancellationToken);
            await using var _ = enumerator.ConfigureAwait(false);
            while (broken is null && !reader.Done)
            {
                ChatResponseUpdate? update = null;
                try
                {
                    update = await enumerator.MoveNextAsync().ConfigureAwait(false) ? enumerator.Current.Data : null;
                }
                catch (Exception exception) when (TransportFaults.From(exception) is { } fault)
                {
                    broken = fault;
                }

                if (update is null)
                {
                    break;
                }

                yield return update;
            }
        }
        else
        {
            yield return await ReadWholeAsync(response, reader, cancellationToken).ConfigureAwait(false);
        }

        // A broken stream still cost what it reported.
        yield return reader.Finish(out var incomplete);
        if ((broken ?? incomplete) is { } failure)
        {
            throw failure;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() => _http.Dispose();

    private static bool IsStream(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is null or "text/event-stream" or "application/x-ndjson" or "text/plain";

    private static async Task<ChatResponseUpdate> ReadWholeAsync(
        HttpResponseMessage response, CompletionReader reader, CancellationToken cancellationToken)
    {
        try
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return reader.Accept(body);
        }
        catch (Exception exception) when (TransportFaults.From(exception) is { } fault)
        {
            throw fault;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        IReadOnlyCollection<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        var model = _endpoint.NameOf(options.ModelId ?? "");
        while (true)
        {
            var withUsage = !_withoutStreamOptions;
            var response = await PostAsync(model, RequestWriter.Write(model, messages, options, withUsage), cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                var error = await ErrorReader.ReadAsync(response, _endpoint.ApiKey, _time, cancellationToken).ConfigureAwait(false);
                if (withUsage && response.StatusCode == HttpStatusCode.BadRequest
                    && error.Message.Contains("stream_options", StringComparison.Ordinal))
                {
                    // Older servers refuse the field that asks for usage; then there is none to count.
                    _withoutStreamOptions = true;
                    continue;
                }

                throw error;
            }
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string model, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint.Completions(model))
        {
            Content = new ReadOnlyMemoryContent(body),
        };
        request.Content.Headers.ContentType = Json;
        _endpoint.Sign(request.Headers);
        try
        {
            // The invoker hands the response over as soon as its headers are there.
            return await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (TransportFaults.From(exception) is { } fault)
        {
            throw fault;
        }
    }
}
