namespace McpWorkflows.Agents.Providers;

/// <summary>A provider with its address and key found. Not a record: the key must not print.</summary>
internal sealed class Provider
{
    public required ProviderSettings Settings { get; init; }

    public string Name => Settings.Name;

    public required Uri BaseUrl { get; init; }

    /// <summary>Null for local servers, which want none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Where the key is looked for, for messages.</summary>
    public required string KeyName { get; init; }

    /// <summary>Where the address is set, for messages.</summary>
    public required string UrlName { get; init; }

    /// <summary>Scheme, host and port, for messages; never carries user info or a path.</summary>
    public string Origin => BaseUrl.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
}
