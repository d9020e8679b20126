using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Providers;

/// <summary>The chat clients of a host, by provider; made when first used.</summary>
internal sealed class ProviderClients : IDisposable
{
    private readonly AgentHostOptions _options;
    private readonly AgentBackend _backend;
    private readonly Dictionary<string, ProviderClient> _given;
    private readonly ConcurrentDictionary<string, Lazy<ProviderClient>> _made = new(StringComparer.Ordinal);

    public ProviderClients(AgentHostOptions options, IReadOnlyDictionary<string, IChatClient> given, AgentBackend backend)
    {
        _options = options;
        _backend = backend;
        _given = given.ToDictionary(pair => pair.Key, pair => backend.Adopt(ProviderClient.Given(pair.Value, pair.Key, options.Time)), StringComparer.Ordinal);
    }

    /// <summary>Names that can stand before the slash.</summary>
    public IReadOnlyList<string> Names =>
        [.. _options.Models.ProviderNames.Union(_given.Keys), .. _options.FindClient is null ? [] : new[] { KnownProviders.Client }];

    /// <summary>The client, or why there is none, with the remedy.</summary>
    public (ProviderClient? Client, string? Problem) Find(string name, string runId)
    {
        if (_given.TryGetValue(name, out var given))
        {
            return (given, null);
        }

        if (name == KnownProviders.Client)
        {
            return _options.FindClient?.Invoke(runId) is { } own
                ? (_backend.Adopt(ProviderClient.Given(own, "the calling client", _options.Time)), null)
                : (null, "The calling client does not offer its model (MCP sampling) to this run. Name another model, or use a client that supports sampling.");
        }

        if (_made.TryGetValue(name, out var made))
        {
            return (made.Value, null);
        }

        var (provider, problem) = _options.Models.Find(name);
        return provider is null
            ? (null, problem)
            : (_made.GetOrAdd(name, _ => new Lazy<ProviderClient>(() => _backend.Create(provider, _options))).Value, null);
    }

    /// <summary>Closes connections, but not those of clients handed in.</summary>
    public void Dispose()
    {
        foreach (var made in _made.Values.Where(made => made.IsValueCreated))
        {
            made.Value.Client.Dispose();
        }
    }
}
