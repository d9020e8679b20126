using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;

namespace McpWorkflows.Journal.Writing;

/// <summary>Entries of one run, written within one transaction.</summary>
internal static class RunAppend
{
    public static void Write(WriteSession session, string runId, IReadOnlyList<JournalEntry> entries)
    {
        var run = session.HeldRun(runId);
        foreach (var entry in entries)
        {
            Write(session, run, entry);
        }

        if (entries.Any(entry => entry is RunChanged { State: var state } && Lease.EndsWith(state)))
        {
            session.Forget(runId);
        }
    }

    private static void Write(WriteSession session, long run, JournalEntry entry)
    {
        switch (entry)
        {
            case ItemSettled settled:
                session.Entries.Put(run, settled.Item);
                break;
            case CallOpened opened:
                session.Entries.Put(run, opened.Call);
                break;
            case EventAppended appended:
                session.Entries.Put(run, appended.Event);
                break;
            case ItemDropped dropped:
                session.Entries.Drop(run, dropped.Key);
                break;
            case SnapshotTaken snapshot:
                session.Entries.Put(run, snapshot);
                break;
            case RunChanged changed:
                session.Runs.Change(run, changed, session.UtcTicks);
                break;
            case RunEdited edited:
                session.Runs.Edit(run, edited);
                break;
            default:
                throw new NotSupportedException($"This journal does not know entries of type {entry.GetType().Name}.");
        }
    }
}
