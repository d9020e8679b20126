using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Tools;

namespace McpWorkflows.Agents;

/// <summary>
/// What a host's agents stand on: who asks the models and who calls the tools. The loop, the limits, the retries and the
/// validation around it are the same for all. This one asks by the host's own clients and calls the tools themselves.
/// </summary>
internal class AgentBackend
{
    /// <summary>Tools of agents besides the host's own. Whoever handed them in has granted them.</summary>
    public virtual IReadOnlyList<AgentTool> Tools => [];

    /// <summary>The tool as the loop calls it.</summary>
    public virtual AgentTool Adopt(AgentTool tool) => tool;

    /// <summary>The client as the loop asks it, of one that was handed in.</summary>
    public virtual ProviderClient Adopt(ProviderClient given) => given;

    public virtual ProviderClient Create(Provider provider, AgentHostOptions options) => ProviderClient.Create(provider, options);
}
