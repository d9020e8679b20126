namespace McpWorkflows.Agents.Pricing;

/// <summary>
/// List prices of the providers' own endpoints, without batch or priority tiers: Anthropic's as published in October
/// 2026, OpenAI's as published in May 2026. Prices change: the section <c>prices</c> of the settings goes before these,
/// and what is not here has no known cost.
/// </summary>
internal static class BuiltInPrices
{
    private const decimal AnthropicCacheWrites = 1.25m;

    public static IReadOnlyList<ModelPrice> All { get; } =
    [
        Claude("fable-5-1", 10, 0.25m, 50),
        Claude("mythos-5-1", 10, 0.25m, 50),
        Claude("fable-5", 10, 1, 50),
        Claude("mythos-5", 10, 1, 50),
        Claude("opus-5-5", 4, 0.2m, 20),
        Claude("opus-5", 5, 0.5m, 25),
        Claude("opus-4-8", 5, 0.5m, 25),
        Claude("opus-4-7", 5, 0.5m, 25),
        Claude("opus-4-6", 5, 0.5m, 25),
        Claude("opus-4-5", 5, 0.5m, 25),
        Claude("sonnet-5-5", 2, 0.1m, 10),
        Claude("sonnet-5", 2, 0.2m, 10),
        Claude("sonnet-4-6", 3, 0.3m, 15),
        Claude("sonnet-4-5", 3, 0.3m, 15),
        Claude("haiku-5-5", 0.5m, 0.05m, 2.5m) with { FromInputTokens = 100_001 },
        Claude("haiku-5-5", 0.1m, 0.01m, 0.5m),
        Claude("haiku-4-5", 1, 0.1m, 5),
        Gpt("gpt-5.5-pro", 30, null, 180),
        Gpt("gpt-5.5", 5, 0.5m, 30),
        Gpt("gpt-5.4", 2.5m, 0.25m, 15),
        Gpt("gpt-5.4-mini", 0.75m, 0.075m, 4.5m),
        Gpt("gpt-5.4-nano", 0.2m, 0.02m, 1.25m),
        Gpt("gpt-5.1", 1.25m, 0.125m, 10),
        Gpt("gpt-5", 1.25m, 0.125m, 10),
        Gpt("gpt-5-mini", 0.25m, 0.025m, 2),
        Gpt("gpt-5-nano", 0.05m, 0.005m, 0.4m),
        Gpt("gpt-4.1", 2, 0.5m, 8),
        Gpt("gpt-4.1-mini", 0.4m, 0.1m, 1.6m),
        Gpt("gpt-4.1-nano", 0.1m, 0.025m, 0.4m),
        Gpt("gpt-4o", 2.5m, 1.25m, 10),
        Gpt("gpt-4o-mini", 0.15m, 0.075m, 0.6m),
        Gpt("o3", 2, 0.5m, 8),
        Gpt("o4-mini", 1.1m, 0.275m, 4.4m),
        new("ollama/*", 0, 0, 0),
        new("lmstudio/*", 0, 0, 0),
        new("vllm/*", 0, 0, 0),
    ];

    private static ModelPrice Claude(string name, decimal input, decimal cached, decimal output) =>
        new($"anthropic/claude-{name}", input, cached, output) { CacheWriteFactor = AnthropicCacheWrites };

    private static ModelPrice Gpt(string name, decimal input, decimal? cached, decimal output) => new($"openai/{name}", input, cached, output);
}
