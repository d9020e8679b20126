namespace McpWorkflows.Engine.Agents;

/// <summary>Finds named definitions of agents. A host that knows any implements it; the engine keeps with each run what it found.</summary>
public interface IAgentTypes
{
    /// <summary>The definition as JSON text that the same host reads again in <see cref="AgentRequest.AgentTypeJson"/>; null when there is none of that name.</summary>
    string? Find(string workspace, string name);

    /// <summary>The names there are, for messages.</summary>
    IReadOnlyList<string> Names(string workspace);
}
