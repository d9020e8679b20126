namespace McpWorkflows.Agents.Pricing;

/// <summary>
/// List prices of the providers' own endpoints, without batch or priority tiers, each group with the day and the place
/// where it was read. Prices change: the section <c>prices</c> of the settings goes before these, and what is not here, or
/// could not be found in print, has no known cost.
/// </summary>
internal static class BuiltInPrices
{
    private const decimal AnthropicCacheWrites = 1.25m;

    // Above so much input OpenAI's GPT-5.4 and 5.5 cost more, and how much was not to be found: from there the cost is unknown.
    private const long OpenAIShortContext = 270_000;

    public static IReadOnlyList<ModelPrice> All { get; } =
    [
        // platform.claude.com/docs/about-claude/pricing; the 5.5 models by its overviews and by price lists checked against it on 2026-10-24.
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
        // Its cache reads were cut from 0.20 on 2026-10-07.
        Claude("sonnet-5-5", 2, 0.1m, 10),
        Claude("sonnet-5", 2, 0.2m, 10),
        Claude("sonnet-4-6", 3, 0.3m, 15),
        Claude("sonnet-4-5", 3, 0.3m, 15),
        Claude("haiku-5-5", 0.5m, 0.05m, 2.5m) with { FromInputTokens = 100_001 },
        Claude("haiku-5-5", 0.1m, 0.01m, 0.5m),
        Claude("haiku-4-5", 1, 0.1m, 5),

        // openai.com/api/pricing as reprinted on 2026-06-04 (tokenmix.ai) and in June 2026 (morphllm.com).
        Gpt("gpt-5.5-pro", 30, null, 180, OpenAIShortContext),
        Gpt("gpt-5.5", 5, 0.5m, 30, OpenAIShortContext),
        Gpt("gpt-5.4-pro", 30, null, 180, OpenAIShortContext),
        Gpt("gpt-5.4", 2.5m, 0.25m, 15, OpenAIShortContext),
        Gpt("gpt-5.4-mini", 0.75m, 0.075m, 4.5m),
        Gpt("gpt-5.4-nano", 0.2m, 0.02m, 1.25m),

        // platform.openai.com/docs/pricing as of 2025-06-03 (hex.pm/packages/openai_responses 0.4.1), for models whose price has stood since.
        Gpt("gpt-4.1", 2, 0.5m, 8),
        Gpt("gpt-4.1-mini", 0.4m, 0.1m, 1.6m),
        Gpt("gpt-4.1-nano", 0.1m, 0.025m, 0.4m),
        // The same in May 2026 (CommitBrief's wiki).
        Gpt("gpt-4o", 2.5m, 1.25m, 10),
        Gpt("gpt-4o-mini", 0.15m, 0.075m, 0.6m),

        // openai.com/api/pricing in the second quarter of 2026 (crate openai-cost 0.1.0); GPT-5.1 by Expensify's estimator.
        Gpt("gpt-5.1", 1.25m, 0.125m, 10),
        Gpt("gpt-5", 1.25m, 0.125m, 10),
        // chatgptpricing-akr.pages.dev, read off OpenAI's page in 2026; cached input a tenth, as crate adk-model 0.6.0 has it for GPT-5 in March 2026.
        Gpt("gpt-5-mini", 0.25m, 0.025m, 2),

        // One's own machine.
        new("ollama/*", 0, 0, 0),
        new("lmstudio/*", 0, 0, 0),
        new("vllm/*", 0, 0, 0),
    ];

    private static ModelPrice Claude(string name, decimal input, decimal cached, decimal output) =>
        new($"anthropic/claude-{name}", input, cached, output) { CacheWriteFactor = AnthropicCacheWrites };

    private static ModelPrice Gpt(string name, decimal input, decimal? cached, decimal output, long upTo = long.MaxValue) =>
        new($"openai/{name}", input, cached, output) { UpToInputTokens = upTo };
}
