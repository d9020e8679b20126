using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Leases;

/// <summary>A run with the owner its record names.</summary>
internal readonly record struct Lease(long RunKey, RunState State, string? Owner)
{
    /// <summary>
    /// Somebody holds the run, as far as its record can tell: ended and interrupted runs are free whoever ran them.
    /// The owner may still be dead.
    /// </summary>
    public bool IsHeld => Owner is not null && !HasEnded(State) && State != RunState.Interrupted;

    public static bool HasEnded(RunState state) =>
        state is RunState.Completed or RunState.CompletedWithFailures or RunState.Failed or RunState.Cancelled;

    /// <summary>What a reader is told: a run that needs a process to go on, and has none, is interrupted.</summary>
    public static RunState Observed(RunState state, bool ownerIsAlive) =>
        state == RunState.Running && !ownerIsAlive ? RunState.Interrupted : state;
}
