using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Leases;

/// <summary>A run with the owner its record names, who may be dead; null when the run ended, was interrupted or was released.</summary>
/// <param name="Heartbeat">The owner's; null where there is none, as with one of an older release.</param>
internal readonly record struct Lease(long RunKey, RunState State, string? Owner, long Epoch, Heartbeat? Heartbeat)
{
    public bool IsHeld(Owners owners) => Owner is not null && owners.IsAlive(Owner, Heartbeat);

    /// <summary>What a reader is told: a run that is on its way but has no living owner is interrupted.</summary>
    public RunState Observed(Owners owners) => State == RunState.Running && !IsHeld(owners) ? RunState.Interrupted : State;
}
