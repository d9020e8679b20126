using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Writing;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>
/// Compares, when a journal is opened, what dead owners had acknowledged with what the database holds of it. SQLite itself
/// takes a log that was cut for one that ends there.
/// </summary>
internal static class LossCheck
{
    public static IReadOnlyList<JournalLoss> Run(SqliteSession session, OwnerLock locks)
    {
        var dead = locks.DeadMarks().ToList();
        if (dead.Count == 0)
        {
            return [];
        }

        session.Begin([]);
        try
        {
            // A journal that was deleted and made anew has lost nothing that anybody misses.
            var losses = session.Beats.AnyRun()
                ? dead.Select(owner => Check(session, owner, CommitMark.TryRead(locks.MarkOf(owner)))).OfType<JournalLoss>().ToList()
                : [];
            session.Commit();
            dead.ForEach(locks.Forget);
            return losses;
        }
        catch (SqliteException)
        {
            // A full disk, say. The marks stay for the next one to open the journal.
            session.Rollback();
            return [];
        }
    }

    private static JournalLoss? Check(SqliteSession session, string owner, Marked? mark)
    {
        var stored = session.Beats.Find(owner);
        if (mark is null || mark.Commits <= (stored?.Commits ?? 0))
        {
            return null;
        }

        var runs = session.Beats.RunsOf(owner);
        var loss = new JournalLoss(
            mark.Commits - (stored?.Commits ?? 0),
            stored is { } row ? new DateTimeOffset(row.BeatTime, TimeSpan.Zero) : null,
            new DateTimeOffset(mark.Time, TimeSpan.Zero),
            [.. runs.Select(run => run.Id)],
            [.. mark.RunIds.Where(runId => session.Runs.Find(runId) is null)]);
        var payload = new LossPayload("warn", loss.Message);
        foreach (var run in runs)
        {
            var item = new RunEvent(
                session.Beats.LastEvent(run.Key) + 1,
                new DateTimeOffset(session.UtcTicks, TimeSpan.Zero),
                "log",
                JsonSerializer.Serialize(payload, LossJson.Default.LossPayload));
            session.Entries.Put(run.Key, item);
        }

        session.Beats.SetCommits(owner, mark.Commits);
        return loss;
    }
}
