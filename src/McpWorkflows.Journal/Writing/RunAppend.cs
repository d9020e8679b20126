using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Writing;

/// <summary>Entries of one run, written within one transaction.</summary>
internal static class RunAppend
{
    public static void Write(WriteSession session, string runId, IReadOnlyList<JournalEntry> entries)
    {
        var run = session.HeldRun(runId);
        foreach (var entry in entries)
        {
            Write(session, run, entry, entries);
        }
    }

    private static void Write(WriteSession session, long run, JournalEntry entry, IReadOnlyList<JournalEntry> all)
    {
        switch (entry)
        {
            case ItemSettled { Item: var item }:
                session.Entries.Settle(run, item);
                if (item is { CallNumber: > 0, Outcome: { } outcome } && !all.Any(other => Ends(other, item.CallNumber)))
                {
                    session.Entries.SettleCall(run, item.CallNumber, outcome.Kind, item.Time);
                }

                break;
            case CallOpened { Call: var call }:
                session.Entries.PutCall(run, call, call.Outcome is not null && (call.FromJournal || all.Any(other => Settles(other, call.Key))));
                break;
            case EventAppended { Event: var appended }:
                session.Entries.Append(run, appended);
                break;
            case ItemDropped { Key: var key }:
                session.Entries.Drop(run, key);
                break;
            case SnapshotTaken snapshot:
                session.Entries.Snapshot(run, snapshot);
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

    private static bool Ends(JournalEntry entry, int number) =>
        entry is CallOpened { Call: var call } && call.Number == number && CallStates.IsEnd(call.State);

    private static bool Settles(JournalEntry entry, ItemKey key) => entry is ItemSettled settled && settled.Item.Key == key;
}
