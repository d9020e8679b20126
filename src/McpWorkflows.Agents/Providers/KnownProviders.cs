namespace McpWorkflows.Agents.Providers;

/// <summary>Providers that need no settings, or little of them: where they are and which variable holds their key.</summary>
internal static class KnownProviders
{
    public const string Azure = "azure";
    public const string Anthropic = "anthropic";

    /// <summary>The name under which the calling client's own model is offered.</summary>
    public const string Client = "client";

    private static readonly Known[] All =
    [
        new(ModelReference.OpenAI, ProviderKind.OpenAI, "https://api.openai.com/v1", "OPENAI_API_KEY", "OPENAI_BASE_URL", NeedsKey: true),
        new(Anthropic, ProviderKind.Anthropic, "https://api.anthropic.com", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", NeedsKey: true),
        new(Azure, ProviderKind.Azure, null, "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", NeedsKey: false),
        new("openrouter", ProviderKind.OpenAI, "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", null, NeedsKey: true),
        new("ollama", ProviderKind.OpenAI, "http://localhost:11434/v1", null, null, NeedsKey: false),
        new("lmstudio", ProviderKind.OpenAI, "http://localhost:1234/v1", null, null, NeedsKey: false),
        new("vllm", ProviderKind.OpenAI, "http://localhost:8000/v1", null, null, NeedsKey: false),
    ];

    public static IEnumerable<string> Names => All.Select(known => known.Name);

    public static Known? Find(string name) => Array.Find(All, known => known.Name == name);

    /// <summary>What a provider of that kind has under any name.</summary>
    public static Known Of(ProviderKind kind) => Array.Find(All, known => known.Kind == kind)!;
}

/// <summary>What is known of a provider.</summary>
/// <param name="NeedsKey">At its own address; servers elsewhere may want none.</param>
internal sealed record Known(string Name, ProviderKind Kind, string? BaseUrl, string? KeyVariable, string? UrlVariable, bool NeedsKey)
{
    public ProviderSettings Settings { get; } = new() { Name = Name, Kind = Kind };
}
