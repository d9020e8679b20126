namespace McpWorkflows.Testing.Agents;

/// <summary>What a host under the contract is to be made with; all else as it is by default.</summary>
/// <param name="BaseUrl">Of an OpenAI-compatible server; the provider is <c>openai</c>, the default model <c>openai/default</c>.</param>
/// <param name="UserHome">A folder without agent types.</param>
public sealed record ContractSettings(string BaseUrl, string? ApiKey, string UserHome)
{
    /// <summary>So that retries take no time.</summary>
    public TimeSpan RetryDelay { get; } = TimeSpan.FromMilliseconds(5);

    public IReadOnlyDictionary<string, string?> Variables => new Dictionary<string, string?>
    {
        ["MCPWORKFLOWS_MODEL"] = "openai/default",
        ["OPENAI_BASE_URL"] = BaseUrl,
        ["OPENAI_API_KEY"] = ApiKey,
    };
}
