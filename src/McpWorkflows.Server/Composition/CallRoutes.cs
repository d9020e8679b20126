using System.Text.Json;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Cluster.Owners;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Server.Composition;

/// <summary>Says which calls go to workers, and what a worker must have for them.</summary>
internal static class CallRoutes
{
    private const string CommandPrefix = "command/";

    private const string ServerPrefix = "mcp__";

    private static readonly AgentUsage Nothing = AgentUsage.None;

    /// <param name="inner">Knows models and agent types, and runs what goes to no worker.</param>
    public static DispatchingAgentHost Dispatch(Uri broker, IJournal journal, IAgentHost inner) => new(
        new DispatchOptions
        {
            Broker = broker,
            Route = request => Of(request, inner),
            OnNotice = static notice => Console.Error.WriteLine($"warning: {notice}"),
        },
        journal.Dispatch ?? throw new UsageException("This journal cannot hand calls to workers: it serves one machine."),
        inner);

    private static CallRoute Of(AgentRequest request, IAgentHost inner)
    {
        if (inner is not IAgentForecast forecast)
            return new CallRoute(false, request.Options.Model ?? request.DefaultModel, [.. ServersIn(request.Options.Tools ?? [])]);
        var told = forecast.Forecast(request, Nothing);
        // What would be refused is refused here; made-up answers cost nothing, and a client's model is asked through its own connection.
        if (told.Model is not { } model || told.Problem is not null || ModelSetup.IsRehearsal(model) || model.StartsWith("client/", StringComparison.OrdinalIgnoreCase))
            return CallRoute.Local;
        return model.StartsWith(CommandPrefix, StringComparison.Ordinal)
            ? new CallRoute(false, null, [model[CommandPrefix.Length..]])
            : new CallRoute(false, model, [.. ServersIn([.. request.Options.Tools ?? [], .. ToolsOf(request.AgentTypeJson)]).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>Names of the tool servers among patterns such as <c>mcp__github__*</c>.</summary>
    private static IEnumerable<string> ServersIn(IEnumerable<string> tools) => tools
        .Select(static tool => tool.Trim())
        .Where(static tool => tool.StartsWith(ServerPrefix, StringComparison.Ordinal))
        .Select(static tool => tool[ServerPrefix.Length..].Split("__")[0])
        .Where(static server => server.Length > 0 && !server.Contains('*', StringComparison.Ordinal));

    private static IEnumerable<string> ToolsOf(string? agentTypeJson)
    {
        if (agentTypeJson is null)
            return [];
        using var type = JsonDocument.Parse(agentTypeJson);
        return type.RootElement.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array
            ? [.. tools.EnumerateArray().Select(static tool => tool.GetString() ?? "")]
            : [];
    }
}
