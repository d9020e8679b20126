namespace McpWorkflows.Server.Composition;

/// <summary>What the command line says about the whole process.</summary>
internal sealed record WorkbenchOptions
{
    /// <summary>The journal's file; null for the user's own.</summary>
    public string? Journal { get; init; }

    /// <summary><c>provider/name</c>; null for what the environment says.</summary>
    public string? Model { get; init; }

    /// <summary>Absolute path.</summary>
    public required string Workspace { get; init; }

    /// <summary>A journal that dies with the process, for rehearsals.</summary>
    public bool InMemory { get; init; }

    /// <summary>
    /// Scripts run in processes of their own. A server of many runs needs that; a command that runs one script can bear to
    /// end with it.
    /// </summary>
    public bool InScriptProcesses { get; init; }
}
