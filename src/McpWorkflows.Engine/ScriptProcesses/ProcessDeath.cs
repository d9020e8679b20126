using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>Why a run's place in a script process is gone.</summary>
internal enum DeathCause
{
    /// <summary>It ended before it could be used.</summary>
    NotStarted,

    /// <summary>The run made room for others; nothing died.</summary>
    MadeRoom,

    /// <summary>Killed by us: a slice came to no check of its own.</summary>
    Time,

    /// <summary>Killed by us, or ended by the runtime: more memory than a process may have.</summary>
    Memory,

    /// <summary>Ended by the runtime.</summary>
    StackOverflow,

    /// <summary>Killed by somebody else: the system, a person.</summary>
    Killed,

    /// <summary>It sent what no honest process sends, or crashed.</summary>
    Crash,
}

/// <summary>What a run had to do with the end of its process.</summary>
internal enum Guilt
{
    /// <summary>Nothing; it goes on elsewhere.</summary>
    None,

    /// <summary>It may have been this run or another one: to be tried alone.</summary>
    Possible,

    Certain,
}

/// <summary>The end of a script process, and which runs come into question for it.</summary>
/// <param name="Detail">What is known beyond the cause: an exit code, the last words.</param>
/// <param name="Running">Runs with a slice under way.</param>
/// <param name="Runs">All runs of the process.</param>
/// <param name="Overrun">The run whose slice took too long, where that was the cause.</param>
internal sealed record ProcessDeath(DeathCause Cause, string Detail, IReadOnlySet<int> Running, int Runs, int? Overrun = null)
{
    public Guilt GuiltOf(int run) => Cause switch
    {
        DeathCause.NotStarted or DeathCause.MadeRoom => Guilt.None,
        DeathCause.Time => run == Overrun ? Guilt.Certain : Guilt.None,
        _ when !Running.Contains(run) => Guilt.None,

        // What waits holds memory too.
        DeathCause.Memory => Runs == 1 ? Guilt.Certain : Guilt.Possible,
        DeathCause.Killed => Guilt.Possible,
        _ => Running.Count == 1 ? Guilt.Certain : Guilt.Possible,
    };

    /// <summary>What the guilty run fails with.</summary>
    public string Explain(ScriptLimits limits) => Cause switch
    {
        DeathCause.Time => SliceOverrunException.StuckMessage(limits.Slice),
        DeathCause.Memory =>
            $"The script took more memory than a script process may have{Detail}. Keep less at a time: drop what is done, let agents return summaries.",
        DeathCause.StackOverflow =>
            "The script ran out of stack inside a built-in operation, on data or proxies that nest too deep. Work on flatter data.",
        DeathCause.Killed =>
            $"The script's process was killed from outside twice while this script ran{Detail}, most likely for lack of memory on this machine. "
            + "Free memory and resume the run.",
        _ => $"The script ended the process it ran in{Detail}. What it did last is at fault: simplify it, then resume the run.",
    };
}

/// <summary>A run lost its place in a script process.</summary>
internal sealed class PlaceLostException(ProcessDeath death) : Exception($"The script process is gone: {death.Cause}{death.Detail}.")
{
    public ProcessDeath Death => death;
}

/// <summary>Script processes cannot be started, or do not work; the message says why.</summary>
public sealed class ScriptProcessException(string message, Exception? inner = null) : Exception(message, inner);
