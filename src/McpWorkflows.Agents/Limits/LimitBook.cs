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
        _limits.GetOrAdd(KeyOf(model, settings), static (key, known) => new ModelLimits(key, known.settings, known.options), (settings, options));

    /// <summary>What the providers in use let through at once; null where one of them sets no limit.</summary>
    public int? Allowed()
    {
        int? sum = null;
        foreach (var limits in _limits.Values)
        {
            var (inFlight, waiting, allowed) = limits.State;
            if (inFlight + waiting == 0)
            {
                continue;
            }

            if (allowed is null)
            {
                return null;
            }

            sum = (sum ?? 0) + allowed;
        }

        return sum;
    }

    public void Dispose()
    {
        foreach (var limits in _limits.Values)
        {
            limits.Dispose();
        }
    }
}
