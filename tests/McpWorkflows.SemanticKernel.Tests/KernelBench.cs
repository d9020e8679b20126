using System.Collections.Concurrent;
using McpWorkflows.Agents;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Agents;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel.Tests;

/// <summary>A host, perhaps on a kernel of the caller's own, with a workspace and the progress that was reported.</summary>
internal sealed class KernelBench : IProgress<AgentProgress>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemanticKernelAgentHost _host;

    public KernelBench(Dictionary<string, string?> variables, Kernel? kernel = null) =>
        _host = new SemanticKernelAgentHost(
            new AgentHostOptions { Models = ModelConfiguration.FromEnvironment(variables), UserHome = Path.Combine(Folder, "home"), RetryDelay = TimeSpan.FromMilliseconds(5), NextRandom = () => 0.5 },
            kernel);

    public string Folder { get; } = Directory.CreateTempSubdirectory("mcpworkflows-kernel-").FullName;

    public ConcurrentQueue<AgentProgress> Progress { get; } = new();

    public IEnumerable<string?> ToolCalls => Progress.Where(progress => progress.Kind == AgentProgressKind.ToolCall).Select(progress => progress.Detail);

    public static Dictionary<string, string?> OpenAI(string baseUrl) => new()
    {
        ["MCPWORKFLOWS_MODEL"] = "openai/default",
        ["OPENAI_BASE_URL"] = baseUrl,
    };

    public Task<AgentOutcome> RunAsync(AgentOptions? options = null) => _host.RunAsync(
        new AgentRequest { RunId = "run", CallNumber = 1, Prompt = "Do it.", Label = "label", Options = options ?? AgentOptions.None, Workspace = Folder },
        this,
        TestContext.Current.CancellationToken).WaitAsync(Patience, CancellationToken.None);

    public void Report(AgentProgress value) => Progress.Enqueue(value);

    public void Dispose()
    {
        _host.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
