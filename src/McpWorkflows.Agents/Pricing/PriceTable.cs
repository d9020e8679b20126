using System.IO.Enumeration;
using System.Text.RegularExpressions;
using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Pricing;

/// <summary>Turns usage into cost.</summary>
/// <param name="own">Go before the built-in prices; the first that fits counts.</param>
/// <param name="spare">For models that nobody else prices.</param>
internal sealed partial class PriceTable(IReadOnlyList<ModelPrice> own, IReadOnlyList<ModelPrice> spare)
{
    /// <summary>The price of a request with that many tokens of input; null where none is known.</summary>
    public ModelPrice? Find(ModelReference model, long inputTokens)
    {
        var name = model.ToString();
        // Releases are priced like the model they are releases of.
        var undated = Release().Replace(name, "");
        return own.FirstOrDefault(price => Fits(price, name)) ?? BuiltInPrices.All.FirstOrDefault(price =>
            inputTokens >= price.FromInputTokens && inputTokens <= price.UpToInputTokens && (Fits(price, name) || Fits(price, undated)))
            ?? spare.FirstOrDefault(price => Fits(price, name));
    }

    /// <summary>Why a ceiling in dollars cannot be kept on this model, with the remedy; null when it can.</summary>
    public string? Problem(ModelReference model) => Find(model, 0) is not null ? null
        : $"The run has a ceiling in dollars, but the price of {model} is not known. State it in ~/.mcpworkflows/settings.json, in US dollars per million tokens: "
        + $"\"prices\": {{ \"{model}\": {{ \"input\": 1, \"output\": 4 }} }}. Or give the ceiling in tokens.";

    /// <summary>US dollars; null where the price is not known.</summary>
    /// <param name="input">All of the input, what was read from and written to the cache included.</param>
    public decimal? CostOf(ModelReference model, long input, long cached, long cacheWrites, long output)
    {
        if (Find(model, input) is not { } price)
        {
            return null;
        }

        var plain = Math.Max(0, input - cached - cacheWrites);
        return ((plain * price.Input) + (cached * (price.CachedInput ?? price.Input)) + (cacheWrites * price.Input * price.CacheWriteFactor) + (output * price.Output)) / 1_000_000m;
    }

    private static bool Fits(ModelPrice price, string name)
    {
        var pattern = price.Pattern.AsSpan();
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return FileSystemName.MatchesSimpleExpression(pattern, pattern.Contains('/') ? name : name.AsSpan(slash + 1));
    }

    [GeneratedRegex(@"-(?:20\d\d-\d\d-\d\d|20\d{6}|latest)$")]
    private static partial Regex Release();
}
