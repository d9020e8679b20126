using System.Net.Http.Headers;
using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.OpenAI;

/// <summary>Where an OpenAI-compatible server is and how to sign in. Not a record: the key must not print.</summary>
internal sealed class OpenAIEndpoint
{
    private const string CompletionsPath = "chat/completions";

    private readonly Func<string, Uri> _completions;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly KeyValuePair<string, string>[] _headers;
    private readonly string? _deployment;

    public OpenAIEndpoint(Uri baseUrl, string? apiKey, IReadOnlyDictionary<string, string>? headers = null)
    {
        var address = new Uri($"{baseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{CompletionsPath}{baseUrl.Query}");
        _completions = _ => address;
        _authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey);
        _headers = [.. headers ?? new Dictionary<string, string>()];
        ApiKey = apiKey;
    }

    /// <summary>Azure OpenAI: the v1 address, or the deployments' own where an <c>api-version</c> is set.</summary>
    private OpenAIEndpoint(Provider azure)
    {
        var root = azure.BaseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');
        if (azure.Settings.ApiVersion is { } version)
        {
            root = root.EndsWith("/openai", StringComparison.Ordinal) ? root : $"{root}/openai";
            _completions = name => new Uri($"{root}/deployments/{Uri.EscapeDataString(name)}/{CompletionsPath}?api-version={Uri.EscapeDataString(version)}");
        }
        else
        {
            var address = new Uri($"{(root.EndsWith("/v1", StringComparison.Ordinal) ? root : $"{root}/openai/v1")}/{CompletionsPath}");
            _completions = _ => address;
        }

        _deployment = azure.Settings.Deployment;
        _headers = [.. azure.Settings.Headers, .. azure.ApiKey is { } key ? new[] { KeyValuePair.Create("api-key", key) } : []];
        ApiKey = azure.ApiKey;
    }

    /// <summary>Null for local servers, which want none.</summary>
    public string? ApiKey { get; }

    public static OpenAIEndpoint Of(Provider provider) => provider.Settings.Kind == ProviderKind.Azure
        ? new OpenAIEndpoint(provider)
        : new OpenAIEndpoint(provider.BaseUrl, provider.ApiKey, provider.Settings.Headers);

    /// <summary>What the endpoint calls the model.</summary>
    public string NameOf(string model) => _deployment ?? model;

    /// <param name="name">As <see cref="NameOf"/> gives it.</param>
    public Uri Completions(string name) => _completions(name);

    public void Sign(HttpRequestHeaders headers)
    {
        headers.Authorization = _authorization;
        foreach (var (name, value) in _headers)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}
