using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Options;

/// <summary>Finds what a call runs with: what the call says, else its agent type, else the run, else the configuration.</summary>
internal sealed class OptionsResolver(AgentHostOptions options, IReadOnlyCollection<string> providers)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private readonly ModelResolver _models = new(options.Models, providers);

    /// <summary>The options, or why the call cannot run.</summary>
    public (ResolvedOptions? Options, string? Problem) Resolve(AgentRequest request, AgentTypeOptions? type)
    {
        var call = request.Options;
        var model = _models.Resolve(call.Model, type?.Model, request.DefaultModel);
        if (model.Model is not { } found)
        {
            return (null, model.Problem);
        }

        return (new ResolvedOptions
        {
            Model = new(found, model.From),
            Effort = First(call.Effort, type?.Effort),
            Tools = First(call.Tools, type?.Tools),
            DisallowedTools = Both(call.DisallowedTools, type?.DisallowedTools),
            Stall = Positive(call.Stall) is { } stall ? new(stall, Origin.Call) : new(options.Stall, Origin.Default),
            Timeout = Positive(call.Timeout) is { } timeout ? new(timeout, Origin.Call) : new(null, Origin.Default),
            MaxTurns = call.MaxTurns is > 0 and var turns ? new(turns, Origin.Call) : new(options.MaxTurns, Origin.Default),
            Retries = call.Retries is >= 0 and var retries ? new(retries, Origin.Call) : new(options.Retries, Origin.Default),
        }, null);
    }

    private static Resolved<T?> First<T>(T? call, T? type)
        where T : class => call is not null ? new(call, Origin.Call) : type is not null ? new(type, Origin.AgentType) : new(null, Origin.Default);

    /// <summary>What either forbids is forbidden.</summary>
    private static Resolved<IReadOnlyList<string>?> Both(IReadOnlyList<string>? call, IReadOnlyList<string>? type) =>
        call is not null && type is not null ? new([.. call, .. type], Origin.Call) : First(call, type);

    /// <summary>Scripts give zero for "none"; timers take no more than some weeks.</summary>
    private static TimeSpan? Positive(TimeSpan? time) =>
        time is { } given && given > TimeSpan.Zero ? TimeSpan.FromTicks(Math.Min(given.Ticks, Longest.Ticks)) : null;
}

/// <summary>What an agent type says of the options; null where it is silent.</summary>
internal sealed record AgentTypeOptions
{
    public string? Model { get; init; }

    public string? Effort { get; init; }

    public IReadOnlyList<string>? Tools { get; init; }

    public IReadOnlyList<string>? DisallowedTools { get; init; }
}
