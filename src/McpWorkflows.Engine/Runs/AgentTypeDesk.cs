using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Runs;

/// <summary>Gives calls the definition of their agent type as the run first used it.</summary>
internal sealed class AgentTypeDesk(IAgentTypes? types, RunLedger ledger, string workspace)
{
    private const int MaxShown = 20;

    /// <summary>The definition, or why there is none; neither when the call names no type or the host reads none.</summary>
    public (string? Definition, string? Problem) Find(string? name)
    {
        if (name is null)
            return (null, null);

        var key = $"agentType/{name}";
        if (ledger.Workflows.FindText(key) is { } kept)
            return (kept, null);

        if (types is null)
            return (null, null);

        try
        {
            if (types.Find(workspace, name) is not { } definition)
                return (null, NotFound(name));

            ledger.Keep(key, definition);
            return (definition, null);
        }
        catch (Exception failure) // Whatever a host throws becomes a rejection in the script.
        {
            return (null, $"agent type '{name}' cannot be read: {failure.Message}");
        }
    }

    private string NotFound(string name)
    {
        var known = types!.Names(workspace);
        var more = known.Count > MaxShown ? $" and {known.Count - MaxShown} more" : "";
        return $"agent type '{name}' not found. Known: {string.Join(", ", known.Take(MaxShown))}{more}. "
            + "Agent types are files such as .mcpworkflows/agents/NAME.md or .claude/agents/NAME.md.";
    }
}
