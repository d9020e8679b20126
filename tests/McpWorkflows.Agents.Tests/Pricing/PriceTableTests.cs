using McpWorkflows.Agents.Pricing;
using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Tests.Pricing;

public sealed class PriceTableTests
{
    [Theory]
    [InlineData("openai", "gpt-4o-mini", 1_000_000, 0, 0, 1_000_000, 0.75)]
    [InlineData("openai", "gpt-4o-mini-2024-07-18", 1_000_000, 400_000, 0, 0, 0.12)]
    [InlineData("anthropic", "claude-haiku-4-5-20251001", 1_000_000, 0, 200_000, 0, 1.05)]
    [InlineData("anthropic", "claude-haiku-5-5", 100_000, 0, 0, 0, 0.01)]
    [InlineData("anthropic", "claude-haiku-5-5", 200_000, 0, 0, 0, 0.1)]
    [InlineData("ollama", "anything", 1_000_000, 0, 0, 1_000_000, 0)]
    public void Cost_OfAKnownModel_CountsEachKindOfToken(string provider, string name, long input, long cached, long writes, long output, double dollars) =>
        Assert.Equal((decimal)dollars, new PriceTable([], []).CostOf(new ModelReference(provider, name), input, cached, writes, output));

    [Theory]
    [InlineData("openai", "gpt-5-nano")]
    [InlineData("openai", "test-model")]
    [InlineData("acme", "gpt-4o")]
    public void Cost_OfAnUnknownModel_IsUnknown(string provider, string name) =>
        Assert.Null(new PriceTable([], []).CostOf(new ModelReference(provider, name), 1, 0, 0, 1));

    [Fact]
    public void Cost_BeyondTheInputForWhichAPriceWasFound_IsUnknown()
    {
        var model = new ModelReference("openai", "gpt-5.4");

        Assert.Equal(0.675m, new PriceTable([], []).CostOf(model, 270_000, 0, 0, 0));
        Assert.Null(new PriceTable([], []).CostOf(model, 270_001, 0, 0, 0));
    }

    [Theory]
    [InlineData("acme/*", "acme", "x", true)]
    [InlineData("acme/gpt-*-mini", "acme", "gpt-9-mini", true)]
    [InlineData("acme/gpt-*-mini", "acme", "gpt-9-maxi", false)]
    [InlineData("qwen*", "vendor", "qwen/3", true)]
    [InlineData("openai/gpt-4o", "openai", "gpt-4o", true)]
    [InlineData("acme/x", "acme", "xy", false)]
    public void Price_OfTheSettings_GoesFirst(string pattern, string provider, string name, bool fits)
    {
        var table = new PriceTable([new ModelPrice(pattern, 7, null, 7)], []);

        Assert.Equal(fits ? 7 : null, table.Find(new ModelReference(provider, name), 0)?.Input);
    }

    [Fact]
    public void SparePrice_CountsOnlyWhereNobodyElsePrices()
    {
        var table = new PriceTable([new ModelPrice("acme/x", 7, null, 7)], [new ModelPrice("*", 0, null, 0)]);

        Assert.Equal(7, table.Find(new ModelReference("acme", "x"), 0)!.Input);
        Assert.NotEqual(0, table.Find(new ModelReference("openai", "gpt-4o"), 0)!.Input);
        Assert.Equal(0, table.Find(new ModelReference("acme", "y"), 0)!.Input);
    }
}
