namespace McpWorkflows.Agents.Providers;

/// <summary>Says which model a call means: its own option, else the run's model, else the configured one.</summary>
internal sealed class ModelResolver(ModelConfiguration configuration, IReadOnlyCollection<string> providers)
{
    public ResolvedModel Resolve(string? callModel, string? runModel)
    {
        var run = ResolveRun(runModel);
        var named = callModel?.Trim();
        // A rehearsal is one throughout: it must never cost anything.
        if (run.Model is { IsRehearsal: true } || string.IsNullOrEmpty(named))
        {
            return run;
        }

        if (ModelConfiguration.IsAlias(named))
        {
            return configuration.Aliases.TryGetValue(named, out var target) ? Parse(target, run.Model?.Provider) : run;
        }

        return Parse(named, run.Model?.Provider);
    }

    private ResolvedModel ResolveRun(string? runModel)
    {
        var named = runModel?.Trim();
        if (!string.IsNullOrEmpty(named) && ModelConfiguration.IsAlias(named))
        {
            named = configuration.Aliases.GetValueOrDefault(named);
        }

        named = string.IsNullOrEmpty(named) ? configuration.DefaultModel : named;
        return named is null
            ? new ResolvedModel(null, $"No model is configured. {configuration.HowToConfigure}")
            : Parse(named, null);
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
            return new ResolvedModel(null, $"The model '{name}' cannot be used: {cause}. "
                + $"Write {string.Join(" or ", providers.Select(provider => $"{provider}/NAME"))}, or `rehearsal`.");
        }

        return new ResolvedModel(new ModelReference(asked, name[(slash + 1)..]), null);
    }
}

/// <summary>A model, or why there is none.</summary>
internal sealed record ResolvedModel(ModelReference? Model, string? Problem);
