namespace McpWorkflows.Agents.Providers;

/// <summary>Models as the settings files name them; the environment goes before them.</summary>
public sealed record ModelSettings
{
    /// <summary>What runs use that name no model.</summary>
    public string? Default { get; init; }

    /// <summary>Names of one's own, and <c>fast</c>, <c>smart</c>, <c>haiku</c>, <c>sonnet</c>, <c>opus</c>, to <c>provider/model</c>.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<ProviderSettings> Providers { get; init; } = [];
}
