using McpWorkflows.Agents;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Server.Composition;

/// <summary>Which model agents run on, from the command line and the environment.</summary>
/// <param name="model">What the command line says; goes before the environment.</param>
/// <param name="host">In place of the chat host, for embedding and tests; it then answers for every model.</param>
internal sealed class ModelSetup(string? model, IAgentHost? host = null)
{
    public const string Rehearsal = "rehearsal";

    private readonly ModelConfiguration configuration = ModelConfiguration.FromEnvironment(Environment.GetEnvironmentVariable);

    /// <summary>What runs use that name no model; null when nothing is configured.</summary>
    public string? Default => model ?? configuration.DefaultModel;

    /// <summary>Agents can run that name no model.</summary>
    public bool IsReady => host is not null || configuration.Problem(model) is null;

    public static bool IsRehearsal(string? model) => Rehearsal.Equals(model?.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Agents of a run with that model can run here.</summary>
    public bool CanRun(string? chosen) => host is not null || configuration.Problem(chosen ?? model) is null;

    /// <summary>Throws <see cref="ModelNotConfiguredException"/> when a run with that model could not make a single call.</summary>
    public void Require(string? chosen)
    {
        if (host is null && configuration.Problem(chosen ?? model) is { } problem)
            throw new ModelNotConfiguredException(problem);
    }

    public IAgentHost CreateHost() => host ?? new ChatAgentHost(new AgentHostOptions { Models = configuration });
}
