using McpWorkflows.Agents;
using McpWorkflows.Engine.Agents;
#if SEMANTIC_KERNEL
using McpWorkflows.SemanticKernel;
#endif

namespace McpWorkflows.Server.Composition;

/// <summary>The agent host that this build has: the one place that knows whether Semantic Kernel is in it.</summary>
internal static class AgentHosts
{
#if SEMANTIC_KERNEL
    /// <summary>For people.</summary>
    public static string Description { get; } = $"Semantic Kernel {typeof(Microsoft.SemanticKernel.Kernel).Assembly.GetName().Version?.ToString(3)} (ChatCompletionAgent)";

    public static IAgentHost Create(AgentHostOptions options) => new SemanticKernelAgentHost(options);

    /// <summary>Gets ready for the first call what can be; never fails.</summary>
    public static Task WarmAsync(IAgentHost host, string workspace) =>
        host is SemanticKernelAgentHost ours ? ours.WarmAsync(workspace) : Task.CompletedTask;
#else
    /// <summary>For people.</summary>
    public static string Description => "the built-in chat clients (this build is without Semantic Kernel)";

    public static IAgentHost Create(AgentHostOptions options) => new ChatAgentHost(options);

    /// <summary>Gets ready for the first call what can be; never fails.</summary>
    public static Task WarmAsync(IAgentHost host, string workspace) =>
        host is ChatAgentHost ours ? ours.WarmAsync(workspace) : Task.CompletedTask;
#endif
}
