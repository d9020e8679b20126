using McpWorkflows.Agents;
using McpWorkflows.Agents.Loop;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Tools;
using McpWorkflows.SemanticKernel.Chat;
using McpWorkflows.SemanticKernel.Connectors;
using McpWorkflows.SemanticKernel.Tools;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel;

/// <summary>Models are asked by agents of Semantic Kernel, tools are called as functions of a kernel.</summary>
internal sealed class KernelBackend : AgentBackend
{
    private readonly Kernel _functions;

    /// <param name="kernel">The caller's own, with plugins and filters; null for none.</param>
    public KernelBackend(Kernel? kernel)
    {
        _functions = kernel?.Clone() ?? new Kernel();
        _functions.FunctionInvocationFilters.Add(new FunctionCallReports());
        Tools = [.. _functions.Plugins.SelectMany(plugin => plugin).Select(function => new KernelTool(_functions, function))];
    }

    public override IReadOnlyList<AgentTool> Tools { get; }

    public override AgentTool Adopt(AgentTool tool) => tool as KernelTool ?? new KernelTool(_functions, tool);

    public override ProviderClient Adopt(ProviderClient given) => given.Client is KernelChatClient
        ? given with { AnswerForm = AnswerForm.LateFormat }
        : given with { Client = new KernelChatClient(OwnClient.Model(given.Client)) };

    public override ProviderClient Create(Provider provider, AgentHostOptions options)
    {
        if (provider.Settings.Kind == ProviderKind.Anthropic)
        {
            return Adopt(base.Create(provider, options));
        }

        var connector = new OpenAIConnector(provider, options);
        return new ProviderClient(new KernelChatClient(connector.Find, connector), provider.Origin, provider.KeyName, provider.UrlName, new RefusedForms(options.Time))
        {
            Provider = provider,
            AnswerForm = provider.Settings.Kind == ProviderKind.Azure || provider.BaseUrl.Host == "api.openai.com" ? AnswerForm.Format : AnswerForm.LateFormat,
        };
    }
}
