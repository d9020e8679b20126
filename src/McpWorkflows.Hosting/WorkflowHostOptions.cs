using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Hosting;

/// <summary>What a <see cref="WorkflowHost"/> runs workflows with.</summary>
public sealed record WorkflowHostOptions
{
    /// <summary>
    /// Runs the agents; owned by the caller. Null for the chat-client host with the models of the environment
    /// (<c>MCPWORKFLOWS_MODEL</c>, <c>OPENAI_API_KEY</c> and so on), whose agents read the workspace and do nothing else.
    /// </summary>
    public IAgentHost? Agents { get; init; }

    /// <summary>What runs use that name no model, <c>provider/name</c>, or <c>rehearsal</c>; null for the agent host's default.</summary>
    public string? Model { get; init; }

    /// <summary>The folder that agents may read and in which saved workflows are looked for.</summary>
    /// <value>The working directory</value>
    public string Workspace { get; init; } = Environment.CurrentDirectory;

    /// <summary>
    /// The journal's database file, in which runs survive the process and are shared with other hosts and servers of the
    /// machine, or the address of a PostgreSQL database, <c>postgres://user@host:port/database</c>, for those of several; null for one in
    /// memory, which ends with the host.
    /// </summary>
    public string? JournalPath { get; init; }

    /// <summary>Agents in flight over all runs.</summary>
    /// <value>16</value>
    public int Concurrency { get; init; } = 16;
}
