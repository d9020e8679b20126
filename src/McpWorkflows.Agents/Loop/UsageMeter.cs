using McpWorkflows.Agents.Anthropic;
using McpWorkflows.Agents.Pricing;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>Counts what one call uses and costs, over all its requests.</summary>
internal sealed class UsageMeter(ModelReference model, PriceTable prices)
{
    private decimal? _cost = 0;

    public AgentUsage Usage { get; private set; } = AgentUsage.None;

    /// <summary>US dollars; null where a request's price or usage is not known.</summary>
    public decimal? Cost => _cost;

    public AgentUsage Add(UsageDetails used)
    {
        var request = new AgentUsage(used.InputTokenCount ?? 0, used.OutputTokenCount ?? 0, used.CachedInputTokenCount ?? 0);
        var writes = used.AdditionalCounts?.GetValueOrDefault(AnthropicUsage.CacheWrites) ?? 0;
        _cost += prices.CostOf(model, request.InputTokens, request.CachedInputTokens, writes, request.OutputTokens);
        Usage += request;
        return request;
    }

    /// <summary>An answer came without its usage.</summary>
    public void Missed() => _cost = prices.Find(model, 0) is { Input: 0, Output: 0 } ? _cost : null;
}
