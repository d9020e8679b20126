namespace McpWorkflows.Agents.Providers;

/// <summary>
/// Which models there are and which one is meant when a script or a run says nothing: the environment first, then the
/// settings. The environment has <c>MCPWORKFLOWS_MODEL</c>, <c>MCPWORKFLOWS_MODEL_HAIKU</c>, <c>_SONNET</c>,
/// <c>_OPUS</c>, <c>_FAST</c>, <c>_SMART</c>, and key and address of <c>OPENAI_API_KEY</c>, <c>OPENAI_BASE_URL</c>,
/// <c>ANTHROPIC_API_KEY</c>, <c>ANTHROPIC_BASE_URL</c>, <c>AZURE_OPENAI_API_KEY</c>, <c>AZURE_OPENAI_ENDPOINT</c>.
/// </summary>
public sealed class ModelConfiguration
{
    private static readonly string[] AliasNames = ["haiku", "sonnet", "opus", "fast", "smart"];

    private readonly Func<string, string?> _read;
    private readonly Dictionary<string, ProviderSettings> _settings;

    private ModelConfiguration(ModelSettings settings, Func<string, string?> read)
    {
        _read = name => read(name)?.Trim() is { Length: > 0 } value ? value : null;
        _settings = settings.Providers.ToDictionary(provider => provider.Name, StringComparer.Ordinal);
        DefaultModel = _read("MCPWORKFLOWS_MODEL") ?? settings.Default;
        var aliases = new Dictionary<string, string>(settings.Aliases, StringComparer.OrdinalIgnoreCase);
        foreach (var alias in AliasNames)
        {
            if (_read($"MCPWORKFLOWS_MODEL_{alias.ToUpperInvariant()}") is { } model)
            {
                aliases[alias] = model;
            }
        }

        Aliases = aliases;
    }

    /// <summary>What runs use that name no model; null when none is configured.</summary>
    public string? DefaultModel { get; }

    /// <summary>A run can start without naming a model.</summary>
    public bool HasModel => DefaultModel is not null && Problem(null) is null;

    /// <summary>What to do to get a model, for people who have none yet.</summary>
    public string HowToConfigure =>
        "Configure a model: set OPENAI_API_KEY or ANTHROPIC_API_KEY, or OPENAI_BASE_URL to a compatible server (Ollama: http://localhost:11434/v1; "
        + "LM Studio: http://localhost:1234/v1; vLLM: http://localhost:8000/v1), and name the model with --model openai/NAME or "
        + "MCPWORKFLOWS_MODEL=openai/NAME; or put both into ~/.mcpworkflows/settings.json. To try a script without any model and at no cost, "
        + "use the model `rehearsal`: it makes answers up.";

    internal IReadOnlyDictionary<string, string> Aliases { get; }

    /// <summary>Names that can stand before the slash.</summary>
    internal IReadOnlyList<string> ProviderNames => [.. _settings.Keys.Union(KnownProviders.Names)];

    /// <summary>Providers that can be asked: their keys or addresses are there.</summary>
    public IReadOnlyList<string> ReadyProviders => [.. ProviderNames.Where(name => Find(name).Problem is null)];

    /// <summary>Reads the configuration; <paramref name="read"/> gives a variable's value or null.</summary>
    public static ModelConfiguration Create(ModelSettings settings, Func<string, string?> read)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(read);
        return new ModelConfiguration(settings, read);
    }

    /// <summary>Reads the configuration from variables alone.</summary>
    public static ModelConfiguration FromEnvironment(Func<string, string?> read) => Create(new ModelSettings(), read);

    /// <summary>Reads the configuration from the given variables.</summary>
    public static ModelConfiguration FromEnvironment(IReadOnlyDictionary<string, string?> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return FromEnvironment(name => variables.GetValueOrDefault(name));
    }

    /// <summary>
    /// Why a run with this model (<c>provider/name</c>; null for the default) could not make a single call, with the
    /// remedy; null when it can.
    /// </summary>
    public string? Problem(string? runModel)
    {
        var resolved = new ModelResolver(this, ProviderNames).Resolve(null, runModel);
        return resolved.Problem ?? (resolved.Model!.IsRehearsal ? null : Find(resolved.Model.Provider).Problem);
    }

    internal bool IsAlias(string name) =>
        name.Equals("inherit", StringComparison.OrdinalIgnoreCase) || AliasNames.Contains(name, StringComparer.OrdinalIgnoreCase) || Aliases.ContainsKey(name);

    internal ProviderSettings? SettingsOf(string provider) => _settings.GetValueOrDefault(provider) ?? KnownProviders.Find(provider)?.Settings;

    /// <summary>A provider ready for use, or why it cannot be used, with the remedy.</summary>
    internal (Provider? Provider, string? Problem) Find(string name)
    {
        var known = KnownProviders.Find(name);
        if (SettingsOf(name) is not { } settings)
        {
            return (null, $"The provider '{name}' is not configured. {HowToConfigure}");
        }

        // A provider under a name of its own takes neither key nor address from the variables of another.
        known ??= KnownProviders.Of(settings.Kind) with { KeyVariable = null, UrlVariable = null, NeedsKey = settings.BaseUrl is null };
        var keyName = settings.ApiKeyEnv ?? known.KeyVariable;
        var key = keyName is null ? null : _read(keyName);
        var stated = known.UrlVariable is { } variable ? _read(variable) : null;
        var inSettings = $"models.providers.{name}";
        var url = stated ?? settings.BaseUrl?.OriginalString ?? known.BaseUrl;
        if (url is null)
        {
            return (null, $"No address is configured for {name}. Set {known.UrlVariable ?? $"{inSettings}.baseUrl"}. {HowToConfigure}");
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var baseUrl) || baseUrl.Scheme is not ("http" or "https"))
        {
            return (null, $"{known.UrlVariable ?? $"{inSettings}.baseUrl"} is not an http or https URL. {HowToConfigure}");
        }

        if (key is null && (settings.ApiKeyEnv is not null || (known.NeedsKey && stated is null && settings.BaseUrl is null)))
        {
            return (null, $"No model server is configured for {name}: {keyName ?? $"the variable that {inSettings}.apiKeyEnv names"} is not set. {HowToConfigure}");
        }

        return (new Provider
        {
            Settings = settings,
            BaseUrl = baseUrl,
            ApiKey = key,
            KeyName = keyName ?? $"{inSettings}.apiKeyEnv in settings.json",
            UrlName = known.UrlVariable ?? $"{inSettings}.baseUrl in settings.json",
        }, null);
    }
}
