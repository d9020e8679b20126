namespace McpWorkflows.Agents.Tools;

/// <summary>What confines the commands of agents.</summary>
public enum SandboxMode
{
    /// <summary>bubblewrap (<c>bwrap</c>) where it is installed and works, else nothing; the call's record says which.</summary>
    Auto,

    /// <summary>bubblewrap, or no commands at all.</summary>
    Bwrap,

    /// <summary>Nothing: commands have the rights of this process.</summary>
    None,
}
