using Anthropic;
using Anthropic.Core;
using Anthropic.Models.Messages;
using McpWorkflows.Agents.Loop;
using McpWorkflows.Agents.Providers;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Anthropic;

/// <summary>The SDK's client, and how a request is put to it. A type of its own, so that the SDK loads when it is used.</summary>
internal sealed class SdkClient : IDisposable
{
    private const int MaxOutputTokens = 32_000;

    private readonly HttpClient _http;
    private readonly AnthropicClient _client;
    private readonly IChatClient _chat;

    public SdkClient(Provider provider, HttpMessageHandler connections, TimeProvider time)
    {
        _http = new HttpClient(new AnthropicTransport(connections, provider.ApiKey, provider.Settings.Headers, time))
        {
            // The stall watch ends what hangs.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client = new AnthropicClient(new ClientOptions
        {
            ApiKey = provider.ApiKey ?? "none",
            // Else the SDK would take a token from the environment that was meant for others.
            AuthToken = null,
            BaseUrl = Root(provider.BaseUrl),
            HttpClient = _http,
            MaxRetries = 0,
            Timeout = TimeSpan.FromDays(1),
        });
        _chat = _client.AsIChatClient(defaultModelId: null, MaxOutputTokens);
    }

    public IAsyncEnumerable<ChatResponseUpdate> Ask(IEnumerable<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        var asked = options.Clone();
        asked.Reasoning = null;
        asked.RawRepresentationFactory = _ => new MessageCreateParams
        {
            Model = asked.ModelId!,
            MaxTokens = asked.MaxOutputTokens ?? MaxOutputTokens,
            Messages = [],
            OutputConfig = Effort(options) is { } effort ? new OutputConfig { Effort = effort } : null,
        };
        return _chat.GetStreamingResponseAsync(Marked(messages), asked, cancellationToken);
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    /// <summary>
    /// The conversation with two marks up to which the provider caches: after the system text, which with the tools
    /// before it is the same for all agents of a kind, and after the last message, for this agent's next round.
    /// </summary>
    private static List<ChatMessage> Marked(IEnumerable<ChatMessage> messages)
    {
        var list = messages.ToList();
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index].Role == ChatRole.System || (index == list.Count - 1 && index > 1))
            {
                list[index] = Mark(list[index]);
            }
        }

        return list;
    }

    private static ChatMessage Mark(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents];
        switch (copy.Contents.LastOrDefault())
        {
            case TextContent text:
                copy.Contents[^1] = new TextContent(text.Text).WithCacheControl(Ttl.Ttl5m);
                break;
            case FunctionResultContent result:
                copy.Contents[^1] = new FunctionResultContent(result.CallId, result.Result).WithCacheControl(Ttl.Ttl5m);
                break;
        }

        return copy;
    }

    private static Effort? Effort(ChatOptions options) => RequestForm.EffortOf(options) switch
    {
        "low" => global::Anthropic.Models.Messages.Effort.Low,
        "medium" => global::Anthropic.Models.Messages.Effort.Medium,
        "high" => global::Anthropic.Models.Messages.Effort.High,
        "xhigh" => global::Anthropic.Models.Messages.Effort.Xhigh,
        "max" => global::Anthropic.Models.Messages.Effort.Max,
        _ => null,
    };

    /// <summary>The SDK puts the version into the path itself; people write it into the address.</summary>
    private static string Root(Uri address)
    {
        var root = address.GetLeftPart(UriPartial.Path).TrimEnd('/');
        return root.EndsWith("/v1", StringComparison.Ordinal) ? root[..^3] : root;
    }
}
