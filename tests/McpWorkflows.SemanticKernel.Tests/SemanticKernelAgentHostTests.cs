using McpWorkflows.Agents;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Agents;

namespace McpWorkflows.SemanticKernel.Tests;

/// <summary>The host on Semantic Kernel keeps the contract of agent hosts.</summary>
public sealed class SemanticKernelAgentHostTests : AgentHostContract
{
    protected override IAgentHost Create(ContractSettings settings) => new SemanticKernelAgentHost(new AgentHostOptions
    {
        Models = ModelConfiguration.FromEnvironment(settings.Variables),
        UserHome = settings.UserHome,
        RetryDelay = settings.RetryDelay,
        NextRandom = () => 0.5,
    });
}
