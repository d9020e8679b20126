using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Tests.Harness;

/// <summary>Settings with one provider.</summary>
internal sealed class ModelSettingsOf(string name, string baseUrl)
{
    public int? MaxConcurrency { get; init; }

    public int? RequestsPerMinute { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public ModelSettings Settings => new()
    {
        Default = $"{name}/default",
        Aliases = new Dictionary<string, string> { ["reviewer"] = $"{name}/review", ["fast"] = "reviewer" },
        Providers =
        [
            new ProviderSettings
            {
                Name = name, BaseUrl = new Uri(baseUrl), MaxConcurrency = MaxConcurrency, RequestsPerMinute = RequestsPerMinute, Headers = Headers,
            },
        ],
    };
}
