using McpWorkflows.Agents.Options;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Agents.Providers;

/// <summary>Says which model a call means: its own option, else its type's, else the run's model, else the configured one.</summary>
internal sealed class ModelResolver(ModelConfiguration configuration, IReadOnlyCollection<string> providers)
{
    private const int MaxAliasSteps = 8;

    public ResolvedModel Resolve(string? callModel, string? runModel) => Resolve(callModel, null, runModel);

    public ResolvedModel Resolve(string? callModel, string? typeModel, string? runModel)
    {
        var run = ResolveRun(runModel);
        // A rehearsal is one throughout: it must never cost anything.
        if (run.Model is { IsRehearsal: true })
        {
            return run;
        }

        return Stated(callModel, run, Origin.Call) ?? Stated(typeModel, run, Origin.AgentType) ?? run;
    }

    /// <summary>Null where nothing is stated, or a name for which nothing is configured: the next one decides.</summary>
    private ResolvedModel? Stated(string? stated, ResolvedModel run, Origin from)
    {
        var named = stated?.Trim();
        if (string.IsNullOrEmpty(named))
        {
            return null;
        }

        if (configuration.IsAlias(named))
        {
            return Target(named) is { } target ? Parse(target, run.Model?.Provider, from) : null;
        }

        return Parse(named, run.Model?.Provider, from);
    }

    private ResolvedModel ResolveRun(string? runModel)
    {
        var named = runModel?.Trim();
        if (!string.IsNullOrEmpty(named) && configuration.IsAlias(named))
        {
            named = Target(named);
        }

        var from = string.IsNullOrEmpty(named) || named == configuration.DefaultModel ? Origin.Configuration : Origin.Run;
        named = string.IsNullOrEmpty(named) ? configuration.DefaultModel : named;
        if (named is not null && configuration.IsAlias(named))
        {
            named = Target(named);
        }

        return named is null
            ? new ResolvedModel(null, $"No model is configured. {configuration.HowToConfigure}", from)
            : Parse(named, null, from);
    }

    /// <summary>What an alias stands for; it may stand for another one. Null where nothing is configured for it.</summary>
    private string? Target(string alias)
    {
        string? name = alias;
        for (var step = 0; step < MaxAliasSteps && name is not null && configuration.IsAlias(name); step++)
        {
            name = configuration.Aliases.GetValueOrDefault(name);
        }

        return name is null || configuration.IsAlias(name) ? null : name;
    }

    private ResolvedModel Parse(string name, string? provider, Origin from)
    {
        if (name.Equals(ModelReference.RehearsalName, StringComparison.OrdinalIgnoreCase))
        {
            return new ResolvedModel(ModelReference.Rehearsal, null, from);
        }

        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return new ResolvedModel(new ModelReference(provider ?? ModelReference.OpenAI, name), null, from);
        }

        var asked = name[..slash].ToLowerInvariant();
        if (!providers.Contains(asked) || slash == name.Length - 1)
        {
            var cause = providers.Contains(asked) ? "no name follows the provider" : $"the provider '{name[..slash]}' is not known";
            var nearest = NearestName.Find(asked, providers) is { } near && near != asked ? $" Did you mean '{near}'?" : "";
            return new ResolvedModel(null, $"The model '{name}' cannot be used: {cause}.{nearest} "
                + $"Write {string.Join(" or ", providers.Select(provider => $"{provider}/NAME"))}, or `rehearsal`. Others are named in ~/.mcpworkflows/settings.json under models.providers.", from);
        }

        return new ResolvedModel(new ModelReference(asked, name[(slash + 1)..]), null, from);
    }
}

/// <summary>A model, or why there is none.</summary>
internal sealed record ResolvedModel(ModelReference? Model, string? Problem, Origin From);
