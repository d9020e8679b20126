using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>How a session of a run ends.</summary>
internal sealed record RunEnd(RunState State)
{
    public static RunEnd Cancelled { get; } = new(RunState.Cancelled);

    public static RunEnd Interrupted { get; } = new(RunState.Interrupted);

    /// <summary>Nobody owns the run until somebody resumes it.</summary>
    public static RunEnd Paused { get; } = new(RunState.Paused);

    public string? ResultJson { get; init; }

    public string? Error { get; init; }

    /// <summary>Another process owns the run: nothing more may be written.</summary>
    public bool LeaseLost { get; init; }

    /// <summary>For <see cref="RunState.Waiting"/>: the run leaves the memory, and its process keeps the lease.</summary>
    public RunWait? Wait { get; init; }

    /// <summary>The run waits on, without a session.</summary>
    public static RunEnd Unloaded(RunWait wait) => new(RunState.Waiting) { Wait = wait };

    public static RunEnd Failed(string error) => new(RunState.Failed) { Error = error };

    public static RunEnd JournalFailed(Exception failure) => new(RunState.Interrupted)
    {
        Error = failure is LeaseLostException
            ? failure.Message
            : $"The journal could not store an outcome, so the run stopped before the script saw it: {failure.Message}"
                + (failure is JournalException ? " Then resume the run." : " Make the journal writable again (space on the disk, rights on the file), then resume the run."),
        LeaseLost = failure is LeaseLostException,
    };
}
