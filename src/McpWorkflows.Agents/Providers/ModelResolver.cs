using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Agents.Providers;

/// <summary>Says which model a call means: its own option, else the run's model, else the configured one.</summary>
internal sealed class ModelResolver(ModelConfiguration configuration, IReadOnlyCollection<string> providers)
{
    private const int MaxAliasSteps = 8;

    public ResolvedModel Resolve(string? callModel, string? runModel)
    {
        var run = ResolveRun(runModel);
        var named = callModel?.Trim();
        // A rehearsal is one throughout: it must never cost anything.
        if (run.Model is { IsRehearsal: true } || string.IsNullOrEmpty(named))
        {
            return run;
        }

        if (configuration.IsAlias(named))
        {
            return Target(named) is { } target ? Parse(target, run.Model?.Provider) : run;
        }

        return Parse(named, run.Model?.Provider);
    }

    private ResolvedModel ResolveRun(string? runModel)
    {
        var named = runModel?.Trim();
        if (!string.IsNullOrEmpty(named) && configuration.IsAlias(named))
        {
            named = Target(named);
        }

        named = string.IsNullOrEmpty(named) ? configuration.DefaultModel : named;
        if (named is not null && configuration.IsAlias(named))
        {
            named = Target(named);
        }

        return named is null
            ? new ResolvedModel(null, $"No model is configured. {configuration.HowToConfigure}")
            : Parse(named, null);
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

    private ResolvedModel Parse(string name, string? provider)
    {
        if (name.Equals(ModelReference.RehearsalName, StringComparison.OrdinalIgnoreCase))
        {
            return new ResolvedModel(ModelReference.Rehearsal, null);
        }

        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return new ResolvedModel(new ModelReference(provider ?? ModelReference.OpenAI, name), null);
        }

        var asked = name[..slash].ToLowerInvariant();
        if (!providers.Contains(asked) || slash == name.Length - 1)
        {
            var cause = providers.Contains(asked) ? "no name follows the provider" : $"the provider '{name[..slash]}' is not known";
            var nearest = NearestName.Find(asked, providers) is { } near && near != asked ? $" Did you mean '{near}'?" : "";
            return new ResolvedModel(null, $"The model '{name}' cannot be used: {cause}.{nearest} "
                + $"Write {string.Join(" or ", providers.Select(provider => $"{provider}/NAME"))}, or `rehearsal`. Others are named in ~/.mcpworkflows/settings.json under models.providers.");
        }

        return new ResolvedModel(new ModelReference(asked, name[(slash + 1)..]), null);
    }
}

/// <summary>A model, or why there is none.</summary>
internal sealed record ResolvedModel(ModelReference? Model, string? Problem);
