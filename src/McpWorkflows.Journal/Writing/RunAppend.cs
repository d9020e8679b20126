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
            Write(session, run, entry);
            if (entry is ItemSettled { Item.Key: { Kind: ItemKind.Agent } key })
            {
                session.Settled(runId, key);
            }
        }

        session.Tell(runId, owner: false);

        if (entries.Any(entry => entry is RunChanged { EndsLease: true }))
        {
            session.LetGo(runId);
        }

        if (entries.Any(entry => entry is RunChanged changed && changed.State.HasEnded()))
        {
            session.Ended(runId);
        }
    }

    private static void Write(WriteSession session, long run, JournalEntry entry)
    {
        switch (entry)
        {
            case ItemSettled settled:
                session.Entries.Put(run, settled.Item);
                if (settled.Item.Key.Kind == ItemKind.Question)
                {
                    session.Questions.Settle(run, settled.Item);
                }

                break;
            case CallOpened opened:
                session.Entries.Put(run, opened.Call);
                break;
            case EventAppended appended:
                session.Entries.Put(run, appended.Event);
                break;
            case ItemDropped dropped:
                session.Entries.Drop(run, dropped.Key);
                if (dropped.Key.Kind == ItemKind.Question)
                {
                    session.Questions.Reopen(run, dropped.Key);
                }

                break;
            case QuestionOpened opened:
                session.Questions.Put(run, opened.Question);
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
