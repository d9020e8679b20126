using McpWorkflows.Agents;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.Sampling;
using McpWorkflows.Server.Settings;
using McpWorkflows.Server.Telemetry;

namespace McpWorkflows.Server.Composition;

/// <summary>Which model agents run on, from the command line, the environment and the settings files.</summary>
internal sealed class ModelSetup
{
    public const string Rehearsal = "rehearsal";

    private const string ClientPrefix = "client/";

    private readonly string? model;
    private readonly IAgentHost? host;
    private readonly Func<ProductSettings> settings;
    private readonly Lazy<ModelConfiguration> configuration;
    private readonly Policies? policy;

    /// <param name="model">What the command line says; goes before the environment.</param>
    /// <param name="settings">Read when first needed; may throw <see cref="SettingsException"/>.</param>
    /// <param name="host">In place of the chat host, for embedding and tests; it then answers for every model.</param>
    /// <param name="policy">Which models and tools agents may use; null for any.</param>
    public ModelSetup(string? model, Func<ProductSettings> settings, IAgentHost? host = null, Policies? policy = null)
    {
        this.policy = policy;
        this.model = model;
        this.settings = settings;
        this.host = host;
        configuration = new Lazy<ModelConfiguration>(() => ModelConfiguration.Create(settings().Models, Environment.GetEnvironmentVariable));
    }

    /// <summary>What runs use that name no model; null when nothing is configured.</summary>
    public string? Default => model ?? configuration.Value.DefaultModel;

    /// <summary>Agents can run that name no model. False also for settings that cannot be read: <see cref="Require"/> says why.</summary>
    public bool IsReady => CanRun(null);

    /// <summary>The same for a run with that model.</summary>
    public bool CanRun(string? chosen)
    {
        try
        {
            return host is not null || Problem(chosen ?? model) is null;
        }
        catch (SettingsException)
        {
            return false;
        }
    }

    /// <summary>Whether workers run the agents: they have the keys then, and a model need only be named.</summary>
    public Func<bool> Dispatches { get; init; } = static () => false;

    /// <summary>Models of the clients that call; runs on them need no configuration.</summary>
    public ClientModels Clients { get; init; } = new();

    /// <summary>Slots of the journal that the host shares with other processes; see <see cref="AgentHostOptions.ShareSlots"/>.</summary>
    public Func<string, int, IAgentSlots?>? ShareSlots { get; init; }

    public static bool IsRehearsal(string? model) => Rehearsal.Equals(model?.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Throws <see cref="ModelNotConfiguredException"/> when a run with that model could not make a single call, and
    /// <see cref="SettingsException"/> when the settings cannot be read.
    /// </summary>
    public void Require(string? chosen)
    {
        if (host is null && Problem(chosen ?? model) is { } problem)
            throw new ModelNotConfiguredException(problem);
    }

    private string? Problem(string? named) => (named ?? Default)?.Trim().StartsWith(ClientPrefix, StringComparison.OrdinalIgnoreCase) is true
        ? Clients.IsOffered ? null : "No calling client offers its model (MCP sampling). Name another model, or use a client that supports sampling."
        : (named ?? Default) is not null && Dispatches() ? null : configuration.Value.Problem(named);

    /// <summary>Patterns of the models that agents of this process can be run on.</summary>
    public IReadOnlyList<string> Ready => [.. configuration.Value.ReadyProviders.Select(static provider => $"{provider}/*")];

    public IAgentHost CreateHost()
    {
        if (host is not null)
            return host;
        var said = settings();
        return AgentHosts.Create(new AgentHostOptions
        {
            Models = configuration.Value,
            FindClient = Clients.Find,
            Prices = said.Prices,
            SparePrices = said.SparePrices,
            McpServers = said.McpServers,
            Granted = said.Granted,
            Sandbox = said.Sandbox ?? SandboxMode.Auto,
            TraceContent = said.TraceContent || TelemetrySettings.Read().Content,
            RefuseModel = policy is null ? null : policy.RefuseModel,
            RefuseTool = policy is null ? null : policy.RefuseTool,
            ShareSlots = ShareSlots,
            OnNotice = static notice => Console.Error.WriteLine($"warning: {notice}"),
        });
    }
}
