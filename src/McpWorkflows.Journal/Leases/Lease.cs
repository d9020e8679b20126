using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Leases;

/// <summary>A run with the owner its record names, who may be dead; null when the run ended or was interrupted.</summary>
internal readonly record struct Lease(long RunKey, RunState State, string? Owner)
{
    /// <summary>What a reader is told: a run that is on its way but has no living owner is interrupted.</summary>
    public static RunState Observed(RunState state, string? owner, OwnerLock owners) =>
        state == RunState.Running && (owner is null || !owners.IsAlive(owner)) ? RunState.Interrupted : state;
}
