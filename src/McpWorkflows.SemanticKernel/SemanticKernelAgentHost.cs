using McpWorkflows.Agents;
using McpWorkflows.Engine.Agents;
using McpWorkflows.SemanticKernel.Chat;
using McpWorkflows.SemanticKernel.Connectors;
using McpWorkflows.SemanticKernel.Tools;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel;

/// <summary>
/// Runs agents on Semantic Kernel: each round of an agent is a <see cref="Microsoft.SemanticKernel.Agents.ChatCompletionAgent"/>'s,
/// and each tool is a kernel function, so that the filters of a kernel see every call. Options, limits, retries, stall watch,
/// validation of structured answers and usage are those of <see cref="ChatAgentHost"/>. Safe for use from any thread; one
/// host serves the whole process.
/// </summary>
public sealed class SemanticKernelAgentHost : IAgentHost, IAgentTypes, IDisposable
{
    /// <summary>The provider's name under which models of a kernel that was handed in are asked: <c>kernel/SERVICE</c>, or <c>kernel/default</c>.</summary>
    public const string KernelProvider = "kernel";

    private readonly ChatAgentHost _host;
    private readonly string? _spareModel;

    /// <summary>A host for the providers that the options configure.</summary>
    /// <param name="kernel">
    /// A kernel of the caller's own, as it stands now. Its functions are tools of all agents that do not choose theirs, as
    /// <c>Plugin-Function</c>; its function filters see all calls of tools; its chat services are the models
    /// <c>kernel/SERVICE</c>, and <c>kernel/default</c> is what runs use where no model is configured. Owned by the caller.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    public SemanticKernelAgentHost(AgentHostOptions options, Kernel? kernel = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var given = new Dictionary<string, IChatClient>();
        if (kernel is not null && GivenServices.AnyIn(kernel))
        {
            given[KernelProvider] = new KernelChatClient(new GivenServices(kernel).Find);
            _spareModel = options.Models.DefaultModel is null ? $"{KernelProvider}/{GivenServices.Default}" : null;
        }

        _host = new ChatAgentHost(options, given, new KernelBackend(kernel));
    }

    /// <inheritdoc/>
    public int? Allowed => _host.Allowed;

    /// <inheritdoc/>
    public async Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(progress);
        var scope = AgentScope.Enter(progress);
        return await _host.RunAsync(WithModel(request), scope, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public string? LaneOf(AgentRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _host.LaneOf(WithModel(request));
    }

    /// <inheritdoc/>
    public Task<WorkRestored> RestoreAsync(AgentWorktree worktree, string workspace, CancellationToken cancellationToken) =>
        _host.RestoreAsync(worktree, workspace, cancellationToken);

    /// <inheritdoc/>
    public string? Find(string workspace, string name) => _host.Find(workspace, name);

    /// <inheritdoc/>
    public IReadOnlyList<string> Names(string workspace) => _host.Names(workspace);

    /// <inheritdoc cref="ChatAgentHost.WarmAsync"/>
    public Task WarmAsync(string workspace) => _host.WarmAsync(workspace);

    /// <inheritdoc cref="ChatAgentHost.Dispose"/>
    public void Dispose() => _host.Dispose();

    private AgentRequest WithModel(AgentRequest request) =>
        _spareModel is not null && request.DefaultModel is null ? request with { DefaultModel = _spareModel } : request;
}
