using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Writing;

/// <summary>
/// Puts right what was committed when whoever asked for it had given up and been told that nothing was done: else a run would be
/// held by a process that knows nothing of it.
/// </summary>
internal static class AbandonedRuns
{
    /// <summary>A run that nobody waits for does not start.</summary>
    public static void Cancel(WriteSession session, string runId)
    {
        if (session.Runs.Find(runId) is not { } lease || lease.State.HasEnded() || (lease.Owner is { } owner && owner != session.Owner))
        {
            return;
        }

        session.Runs.Cancel(lease.RunKey, session.UtcTicks);
        session.LetGo(runId);
        session.Ended(runId);
        session.Tell(runId, owner: false);
    }

    /// <param name="epoch">Of the lease; null when it was not given. A later one stands.</param>
    public static void Release(WriteSession session, string runId, long? epoch)
    {
        if (epoch is null || session.Held.EpochOf(runId) != epoch || session.Runs.Find(runId) is not { } lease || lease.Owner != session.Owner)
        {
            return;
        }

        session.Runs.Release(lease.RunKey);
        session.LetGo(runId);
        session.Tell(runId, owner: false);
    }
}
