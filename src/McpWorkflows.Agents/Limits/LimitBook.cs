using System.Collections.Concurrent;
using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Limits;

/// <summary>The limits of all providers and models of a host.</summary>
internal sealed class LimitBook(AgentHostOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<string, ModelLimits> _limits = new(StringComparer.Ordinal);

    /// <summary>Models are limited one by one, unless the settings set limits for their provider as a whole.</summary>
    public static string KeyOf(ModelReference model, ProviderSettings? settings) =>
        settings is null or { RequestsPerMinute: null, TokensPerMinute: null, MaxConcurrency: null } ? model.ToString() : model.Provider;

    public ModelLimits Of(ModelReference model, ProviderSettings? settings) =>
        _limits.GetOrAdd(KeyOf(model, settings), static (key, known) => new ModelLimits(known.settings, known.options) { Lane = key }, (settings, options));

    public void Dispose()
    {
        foreach (var limits in _limits.Values)
        {
            limits.Dispose();
        }
    }
}
