using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel.Chat;

/// <summary>A chat service of a kernel.</summary>
/// <param name="Kernel">Holds the service and no plugins: which functions there are is said with each request.</param>
/// <param name="ServiceId">Null for the kernel's first.</param>
/// <param name="ModelId">Where the service is to be told which of its models is meant.</param>
internal sealed record KernelModel(Kernel Kernel, string? ServiceId = null, string? ModelId = null)
{
    /// <summary>The service takes the settings of the OpenAI connector.</summary>
    public bool IsOpenAI { get; init; }

    /// <summary>An answer without a finish reason is not whole.</summary>
    public bool StatesItsEnd { get; init; }
}
