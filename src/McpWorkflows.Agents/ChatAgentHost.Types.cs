using McpWorkflows.Agents.AgentTypes;
using McpWorkflows.Agents.CommandAgents;
using McpWorkflows.Agents.Worktrees;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents;

public sealed partial class ChatAgentHost
{
    /// <inheritdoc/>
    public string? Find(string workspace, string name) => _types.Find(workspace, name)?.ToJson();

    /// <inheritdoc/>
    public IReadOnlyList<string> Names(string workspace) => _types.Names(workspace);

    /// <inheritdoc/>
    public Task<WorkRestored> RestoreAsync(AgentWorktree worktree, string workspace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(worktree);
        return WorkRestoration.RunAsync(worktree, workspace, cancellationToken);
    }

    private AgentTypeDefinition? TypeOf(AgentRequest request) =>
        request.AgentTypeJson is { } json ? AgentTypeDefinition.FromJson(json)
            : request.Options.AgentType is { } name ? _types.Find(request.Workspace, name) : null;

    /// <summary>A program brings its own model, but in a rehearsal nothing is started.</summary>
    private bool IsRehearsal(AgentRequest request) =>
        _resolver.Resolve(request with { Options = request.Options with { Model = null } }, null).Options?.Model.Value.IsRehearsal == true;

    private async Task<AgentOutcome> RunCommandAsync(
        AgentRequest request, AgentTypeDefinition type, IProgress<AgentProgress> progress, CancellationToken cancellationToken) =>
        (CommandAgent.Problem(type, _options) ?? RefusedByRules(request, type)) is { } forbidden
            ? Refuse(forbidden)
            : await PlaceAsync(request, own => new CommandAgent(type, own, _options, progress).RunAsync(cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <summary>In a working tree of its own, or in the workspace.</summary>
    private Task<AgentOutcome> PlaceAsync(AgentRequest request, Func<AgentRequest, Task<AgentOutcome>> run, CancellationToken cancellationToken) =>
        request.Options.Isolation is null ? run(request) : _isolated.RunAsync(request, run, cancellationToken);
}
