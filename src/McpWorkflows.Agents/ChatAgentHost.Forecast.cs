using McpWorkflows.Agents.AgentTypes;
using McpWorkflows.Agents.CommandAgents;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents;

public sealed partial class ChatAgentHost
{
    /// <inheritdoc/>
    public AgentForecast Forecast(AgentRequest request, AgentUsage expected)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(expected);
        var type = TypeOf(request);
        if (type is null && request.Options.AgentType is { } unknown)
        {
            return Impossible($"agent type '{unknown}' not found. Known: {string.Join(", ", _types.Names(request.Workspace))}.");
        }

        if (type?.Command is not null)
        {
            return new AgentForecast($"command/{type.Name}", null, CommandAgent.Problem(type, _options) ?? RefusedByRules(request, type), []);
        }

        var (resolved, problem) = _resolver.Resolve(request, type?.Options);
        if (resolved is null)
        {
            return Impossible(problem!);
        }

        var model = resolved.Model.Value;
        var selection = ToolSelection.From(resolved.Tools.Value, resolved.DisallowedTools.Value, _options.Granted);
        var refused = resolved.Tools.Value is null ? [] : selection.Names.Where(tool => _options.RefuseTool?.Invoke(request.Workspace, tool) is not null);
        return model.IsRehearsal
            ? new AgentForecast(model.ToString(), 0, null, [])
            : new AgentForecast(
                model.ToString(),
                _prices.CostOf(model, expected.InputTokens, expected.CachedInputTokens, 0, expected.OutputTokens),
                _options.RefuseModel?.Invoke(request.Workspace, model.ToString()),
                [.. selection.NotGranted, .. refused]);
    }

    private static AgentForecast Impossible(string problem) => new(null, null, problem, []);

    /// <summary>A program brings a model and tools of its own, which nobody here sees.</summary>
    private string? RefusedByRules(AgentRequest request, AgentTypeDefinition type) =>
        _options.RefuseModel?.Invoke(request.Workspace, $"command/{type.Name}") ?? _options.RefuseTool?.Invoke(request.Workspace, "command_agents");
}
