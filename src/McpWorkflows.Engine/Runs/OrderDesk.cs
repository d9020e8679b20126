using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>Does what people want of a run. Used by the run's actor only.</summary>
internal sealed class OrderDesk(RunLedger ledger, RunPause pause, ActivityNotes notes)
{
    public bool IsPaused => pause.IsOn;

    /// <summary>False when there is nothing of the kind to be done.</summary>
    public bool Do(RunOrder order) => order.Kind switch
    {
        RunOrderKind.Pause => pause.Begin(),
        RunOrderKind.Resume => pause.End(),
        RunOrderKind.Skip => ForCalls(order.Call, static _ => true, AgentCalls.Skip),
        RunOrderKind.Restart => ForCalls(order.Call, static item => item.Call!.State == CallState.Running, AgentCalls.Restart),
        RunOrderKind.Watch => notes.Watch(),
        _ => false,
    };

    private bool ForCalls(string? name, Predicate<PendingItem> fits, Action<PendingItem> act)
    {
        var items = ledger.CallsInFlight.Where(item => item.Call!.IsNamed(name ?? "") && fits(item)).ToList();
        items.ForEach(act);
        return items.Count > 0;
    }
}
