using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Agents;

namespace McpWorkflows.Agents.Tests.Contract;

/// <summary>The host on chat clients keeps the contract of agent hosts.</summary>
public sealed class ChatAgentHostTests : AgentHostContract
{
    protected override IAgentHost Create(ContractSettings settings) => new ChatAgentHost(new AgentHostOptions
    {
        Models = ModelConfiguration.FromEnvironment(settings.Variables),
        UserHome = settings.UserHome,
        RetryDelay = settings.RetryDelay,
        NextRandom = () => 0.5,
    });
}
