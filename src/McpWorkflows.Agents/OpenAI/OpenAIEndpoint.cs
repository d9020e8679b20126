namespace McpWorkflows.Agents.OpenAI;

/// <summary>Where an OpenAI-compatible server is and how to sign in. Not a record: the key must not print.</summary>
internal sealed class OpenAIEndpoint(Uri baseUrl, string? apiKey)
{
    /// <summary>Scheme, host and port, for messages; never carries user info or a path.</summary>
    public string Origin { get; } = baseUrl.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    public Uri ChatCompletions { get; } = new($"{baseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/')}/chat/completions{baseUrl.Query}");

    /// <summary>Null for local servers, which want none.</summary>
    public string? ApiKey { get; } = apiKey;
}
