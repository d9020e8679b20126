namespace McpWorkflows.Agents.Providers;

/// <summary>One provider of models, as configured. Not a record: headers may hold keys and must not print.</summary>
public sealed class ProviderSettings
{
    /// <summary>What stands before the slash of a model's name; lower case.</summary>
    public required string Name { get; init; }

    public ProviderKind Kind { get; init; }

    /// <summary>Null for the kind's own address.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>The environment variable that holds the key; null for the kind's usual one.</summary>
    public string? ApiKeyEnv { get; init; }

    /// <summary>Sent with every request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Azure's deployment, where it is not named like the model.</summary>
    public string? Deployment { get; init; }

    /// <summary>Azure's <c>api-version</c>; null for the v1 endpoint, which wants none.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Requests a minute that the provider lets in; null to learn it from its answers.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens a minute, input and output together; null to learn it from its answers.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Requests at a time; null for no bound but the gate's.</summary>
    public int? MaxConcurrency { get; init; }
}

/// <summary>How a provider is spoken to.</summary>
public enum ProviderKind
{
    /// <summary>Chat Completions: OpenAI and everything compatible with it.</summary>
    OpenAI,

    /// <summary>Azure OpenAI.</summary>
    Azure,

    /// <summary>Anthropic's Messages API.</summary>
    Anthropic,
}
