namespace McpWorkflows.Agents.Pricing;

/// <summary>What a model costs, in US dollars per million tokens.</summary>
/// <param name="Pattern"><c>provider/model</c>; <c>*</c> stands for any characters. Without a slash: the model at any provider.</param>
/// <param name="CachedInput">Input read from the provider's cache; null for the price of input.</param>
public sealed record ModelPrice(string Pattern, decimal Input, decimal? CachedInput, decimal Output)
{
    /// <summary>Input written to the provider's cache, as a multiple of <see cref="Input"/>.</summary>
    /// <value>1</value>
    public decimal CacheWriteFactor { get; init; } = 1;

    /// <summary>Counts for requests with at least so many tokens of input.</summary>
    /// <value>0</value>
    public long FromInputTokens { get; init; }

    /// <summary>Does not count for requests with more tokens of input.</summary>
    /// <value>No bound</value>
    public long UpToInputTokens { get; init; } = long.MaxValue;
}
