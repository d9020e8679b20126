using System.Diagnostics.CodeAnalysis;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel.Prompts;

/// <summary>Renders templates of the format <see cref="PromptFile.Format"/>. A variable without a value is a <see cref="KernelException"/>.</summary>
public sealed class PromptFileTemplateFactory : IPromptTemplateFactory
{
    /// <inheritdoc/>
    public bool TryCreate(PromptTemplateConfig templateConfig, [NotNullWhen(true)] out IPromptTemplate? result)
    {
        ArgumentNullException.ThrowIfNull(templateConfig);
        result = templateConfig.TemplateFormat == PromptFile.Format ? new Template(templateConfig.Name ?? "", templateConfig.Template) : null;
        return result is not null;
    }

    private sealed class Template(string name, string text) : IPromptTemplate
    {
        public Task<string> RenderAsync(Kernel kernel, KernelArguments? arguments = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(PromptFile.Fill(text, variable => arguments?.GetValueOrDefault(variable)?.ToString()
                ?? throw new KernelException($"The prompt '{name}' needs a value for its variable '{variable}'.")));
    }
}
