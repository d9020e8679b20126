using McpWorkflows.Agents.Anthropic;
using McpWorkflows.Agents.Loop;
using McpWorkflows.Agents.OpenAI;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Providers;

/// <summary>A provider's chat client and how messages name it.</summary>
/// <param name="ShownAs">Origin, for messages.</param>
/// <param name="KeyName">Where the key is looked for, for messages.</param>
/// <param name="UrlName">Where the address is set, for messages.</param>
/// <param name="Refused">What its models refused so far.</param>
internal sealed record ProviderClient(IChatClient Client, string ShownAs, string KeyName, string UrlName, RefusedForms Refused)
{
    /// <summary>Null for clients handed in.</summary>
    public Provider? Provider { get; init; }

    public AnswerForm AnswerForm { get; init; }

    /// <summary>It is known to cache what requests have in common.</summary>
    public bool HasCache => Provider is { } known && (known.Settings.Kind != ProviderKind.OpenAI || known.BaseUrl.Host == "api.openai.com");

    /// <summary>Its cache takes in whatever repeats, also of prompts, not only what is marked for it.</summary>
    public bool CachesPrompts => Provider?.Settings.Kind != ProviderKind.Anthropic;

    public static ProviderClient Create(Provider provider, AgentHostOptions options)
    {
        IChatClient client = provider.Settings.Kind == ProviderKind.Anthropic
            ? new AnthropicChatClient(provider, options.MaxConnections, options.Time)
            : new OpenAIChatClient(OpenAIEndpoint.Of(provider), options.MaxConnections, options.Time);
        return new ProviderClient(client, provider.Origin, provider.KeyName, provider.UrlName, new RefusedForms(options.Time)) { Provider = provider };
    }

    /// <summary>A client that somebody else owns.</summary>
    public static ProviderClient Given(IChatClient client, string name, TimeProvider time) =>
        new(client, name, "the provider's key", "the provider's address", new RefusedForms(time));
}
