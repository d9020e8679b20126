using McpWorkflows.Agents.OpenAI;

namespace McpWorkflows.Agents.Providers;

/// <summary>
/// Which models there are and which one is meant when a script or a run says nothing. Read from
/// <c>OPENAI_API_KEY</c>, <c>OPENAI_BASE_URL</c>, <c>MCPWORKFLOWS_MODEL</c> and <c>MCPWORKFLOWS_MODEL_HAIKU</c>,
/// <c>_SONNET</c>, <c>_OPUS</c>, <c>_FAST</c>, <c>_SMART</c>.
/// </summary>
public sealed class ModelConfiguration
{
    private const string DefaultBaseUrl = "https://api.openai.com/v1";

    private static readonly string[] AliasNames = ["haiku", "sonnet", "opus", "fast", "smart"];

    private readonly string? _openAIProblem;

    private ModelConfiguration(string? defaultModel, string? apiKey, string? baseUrl, IReadOnlyDictionary<string, string> aliases)
    {
        DefaultModel = defaultModel;
        Aliases = aliases;
        if (apiKey is null && baseUrl is null)
        {
            _openAIProblem = "No model server is configured for openai.";
        }
        else if (!Uri.TryCreate(baseUrl ?? DefaultBaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            _openAIProblem = "OPENAI_BASE_URL is not an http or https URL.";
        }
        else
        {
            Endpoint = new OpenAIEndpoint(url, apiKey);
        }
    }

    /// <summary>What runs use that name no model; null when none is configured.</summary>
    public string? DefaultModel { get; }

    /// <summary>A run can start without naming a model.</summary>
    public bool HasModel => DefaultModel is not null && Problem(null) is null;

    /// <summary>What to do to get a model, for people who have none yet.</summary>
    public string HowToConfigure =>
        "Configure a model: set OPENAI_API_KEY (for OpenAI), or OPENAI_BASE_URL to a compatible server (Ollama: http://localhost:11434/v1; "
        + "LM Studio: http://localhost:1234/v1; vLLM: http://localhost:8000/v1), and name the model with --model openai/NAME or "
        + "MCPWORKFLOWS_MODEL=openai/NAME. To try a script without any model and at no cost, use the model `rehearsal`: it makes answers up.";

    internal IReadOnlyDictionary<string, string> Aliases { get; }

    /// <summary>Null when none is configured.</summary>
    internal OpenAIEndpoint? Endpoint { get; }

    /// <summary>Reads the configuration; <paramref name="read"/> gives a variable's value or null.</summary>
    public static ModelConfiguration FromEnvironment(Func<string, string?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var aliases = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var alias in AliasNames)
        {
            if (Value($"MCPWORKFLOWS_MODEL_{alias.ToUpperInvariant()}") is { } model)
            {
                aliases[alias] = model;
            }
        }

        return new ModelConfiguration(Value("MCPWORKFLOWS_MODEL"), Value("OPENAI_API_KEY"), Value("OPENAI_BASE_URL"), aliases);

        string? Value(string name) => read(name)?.Trim() is { Length: > 0 } value ? value : null;
    }

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
        var resolved = new ModelResolver(this, [ModelReference.OpenAI]).Resolve(null, runModel);
        return resolved.Problem ?? (resolved.Model!.Provider == ModelReference.OpenAI ? OpenAIProblem : null);
    }

    internal static bool IsAlias(string name) =>
        name.Equals("inherit", StringComparison.OrdinalIgnoreCase) || AliasNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Why the provider <c>openai</c> cannot be used, with the remedy; null when it can.</summary>
    internal string? OpenAIProblem => _openAIProblem is null ? null : $"{_openAIProblem} {HowToConfigure}";
}
