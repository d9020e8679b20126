using System.Runtime.CompilerServices;
using McpWorkflows.Agents.Connections;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Limits;
using McpWorkflows.Agents.Providers;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Anthropic;

/// <summary>
/// Claude through Anthropic's own SDK, with what the conversation repeats marked for the provider's cache. Nothing of
/// the SDK is loaded before the first request. Retries are the caller's.
/// </summary>
internal sealed class AnthropicChatClient : IChatClient
{
    private readonly Lazy<SdkClient> _sdk;

    public AnthropicChatClient(Provider provider, int maxConnections, TimeProvider time)
        : this(provider, () => HttpConnections.Create(maxConnections), time)
    {
    }

    /// <param name="connections">Called once, when first needed; what it gives is taken over.</param>
    public AnthropicChatClient(Provider provider, Func<HttpMessageHandler> connections, TimeProvider time)
    {
        _sdk = new Lazy<SdkClient>(() => new SdkClient(provider, connections(), time));
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Input tokens count those read from and written to the cache. Throws <see cref="ModelRequestException"/>.</remarks>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var heard = AnthropicTransport.Listen(Pulse.PulseOf(options ?? new ChatOptions()));
        var updates = _sdk.Value.Ask(messages, options ?? new ChatOptions(), cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var _ = updates.ConfigureAwait(false);
        var usage = new AnthropicUsage();
        var blocks = new AnthropicBlocks();
        var (begun, finished) = (false, false);
        while (true)
        {
            ModelRequestException? failure = null;
            try
            {
                if (!await updates.MoveNextAsync().ConfigureAwait(false))
                {
                    break;
                }
            }
            // Whatever the SDK makes of a fault, the cause is told in our own words.
            catch (Exception exception) when (AnthropicFaults.From(exception, cancellationToken) is { } fault)
            {
                failure = fault;
            }

            if (failure is not null)
            {
                yield return usage.Total();
                throw failure;
            }

            var update = usage.Take(blocks.Take(updates.Current));
            if (heard.News is { } news)
            {
                (update.AdditionalProperties ??= []).Add(LimitNews.Key, news);
                heard.News = null;
            }

            begun = true;
            finished |= update.FinishReason is not null;
            yield return update;
        }

        yield return usage.Total();
        if (!finished)
        {
            throw begun
                ? new ModelRequestException(ModelRequestFault.Broken, "the stream ended before the answer did")
                : new ModelRequestException(ModelRequestFault.Garbled, "the answer has no content in the expected format");
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        if (_sdk.IsValueCreated)
        {
            _sdk.Value.Dispose();
        }
    }
}
