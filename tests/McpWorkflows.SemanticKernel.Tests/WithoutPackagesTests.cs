namespace McpWorkflows.SemanticKernel.Tests;

/// <summary>Stands for this project's tests where the library's packages cannot be restored.</summary>
public sealed class WithoutPackagesTests
{
    [Fact(Skip = "This build is without Semantic Kernel. With a feed that has its packages: dotnet test tests/McpWorkflows.SemanticKernel.Tests -p:SemanticKernelHost=true")]
    public void SemanticKernelHost_KeepsTheContractOfAgentHosts()
    {
    }
}
