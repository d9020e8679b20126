using System.Diagnostics;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>How script processes are started and bounded.</summary>
public sealed record ScriptProcessOptions
{
    /// <summary>The program and its arguments, one that ends up in <see cref="ScriptProcess.Run"/>.</summary>
    /// <value>This process's own executable with <see cref="ScriptProcess.Verb"/>.</value>
    public IReadOnlyList<string> Command { get; init; } = OwnCommand();

    /// <summary>Processes that runs share. Further ones exist while a run is watched alone.</summary>
    /// <value>2, or the number of cores where that is more.</value>
    public int MaxProcesses { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>A process without runs ends after this long, unless it is the last one.</summary>
    /// <value>1 min</value>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How much longer than its limit a slice may take to come to a check of its own before its process is killed.</summary>
    /// <value>2 s</value>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a process may take to be ready for its first turn.</summary>
    /// <value>30 s</value>
    public TimeSpan StartTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The managed heap of one process, all its runs together. Runs that only wait make room for others well before it
    /// is full; they are replayed when they go on.
    /// </summary>
    /// <value>768 MB: three times <see cref="ScriptLimits.MemoryBytes"/></value>
    public long HeapBytes { get; init; } = 3 * new ScriptLimits().MemoryBytes;

    /// <summary>Resident memory at which a process is killed: the heap, and what lies outside of it.</summary>
    /// <value>1,280 MB</value>
    public long ResidentBytes { get; init; } = 5 * new ScriptLimits().MemoryBytes;

    /// <summary>Throws <see cref="ArgumentException"/>.</summary>
    public void Validate()
    {
        if (Command.Count == 0)
        {
            throw new ArgumentException("ScriptProcessOptions.Command is empty. Name the program to start.");
        }

        if (MaxProcesses < 1 || HeapBytes < 64 * 1024 * 1024 || ResidentBytes < HeapBytes || Grace <= TimeSpan.Zero || IdleTime <= TimeSpan.Zero)
        {
            throw new ArgumentException(
                "ScriptProcessOptions need at least one process, a heap of 64 MB, no fewer resident bytes than that, and times above 0.");
        }
    }

    /// <summary>The heap size at which waiting runs make room.</summary>
    internal long CrowdedBytes => HeapBytes / 2;

    private static IReadOnlyList<string> OwnCommand()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its own executable.");
        return Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
            ? [program, Environment.GetCommandLineArgs()[0], ScriptProcess.Verb]
            : [program, ScriptProcess.Verb];
    }
}
