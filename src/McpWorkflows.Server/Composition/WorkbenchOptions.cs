using McpWorkflows.Engine.ScriptProcesses;

namespace McpWorkflows.Server.Composition;

/// <summary>What the command line says about the whole process.</summary>
internal sealed record WorkbenchOptions
{
    /// <summary>The journal's file, or its address; null for the user's own.</summary>
    public string? Journal { get; init; }

    /// <summary><c>provider/name</c>; null for what the environment says.</summary>
    public string? Model { get; init; }

    /// <summary>Absolute path.</summary>
    public required string Workspace { get; init; }

    /// <summary>The process stays: it takes up runs that wait and have no living owner.</summary>
    public bool Attends { get; init; }

    /// <summary>One that attends also takes up, when it starts, what dead processes left interrupted.</summary>
    public bool ResumeInterrupted { get; init; }

    /// <summary>For commands that only look: a journal that cannot be written will do.</summary>
    public bool ReadsOnly { get; init; }

    /// <summary>Agents run on workers where this, the environment or the settings name a message broker.</summary>
    public bool Dispatches { get; init; }

    /// <summary>The broker's address; null for what the environment or the settings say.</summary>
    public string? Dispatch { get; init; }

    /// <summary>The process has no runs: it runs agents of other processes' runs, and takes the slots for them itself.</summary>
    public bool IsWorker { get; init; }

    /// <summary>A journal that dies with the process, for rehearsals.</summary>
    public bool InMemory { get; init; }

    /// <summary>
    /// Scripts run in processes of their own; null runs them in this one. A server of many runs needs the former; a command
    /// that runs one script can bear to end with it.
    /// </summary>
    public ScriptProcessOptions? ScriptProcesses { get; init; }

    /// <summary>The same for a process that stays and serves many runs.</summary>
    public WorkbenchOptions ForServer(bool resumeInterrupted) => this with
    {
        ScriptProcesses = new ScriptProcessOptions(),
        Attends = true,
        ResumeInterrupted = resumeInterrupted,
    };
}
