using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Planning;

namespace McpWorkflows.Engine.Runs;

/// <summary>Readings of runs, wherever they are, and waiting for them.</summary>
internal sealed class RunFollowing(RunParts parts, ActiveRuns runs)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    public async Task<RunStatus> StatusAsync(string runId, CancellationToken cancellationToken)
    {
        if (runs.Find(runId) is { } actor)
            return actor.Status;

        var status = await EndedStatusAsync(runId, cancellationToken).ConfigureAwait(false);
        return status.Run.State == RunState.Planned
            ? status with { Plan = WorkflowPlan.In(await parts.Journal.ReadSnapshotsAsync(runId, cancellationToken).ConfigureAwait(false)) }
            : status;
    }

    private async Task<RunStatus> EndedStatusAsync(string runId, CancellationToken cancellationToken)
    {
        var run = await FindAsync(runId, cancellationToken).ConfigureAwait(false);
        // Somebody else may have gone on with a run that ended here.
        return runs.FindEnded(runId) is { } ended && ended.Run.State == run.State && ended.Run.EndedAt == run.EndedAt
            ? ended
            : await JournaledStatus.ReadAsync(parts.Journal, run, cancellationToken).ConfigureAwait(false);
    }

    public async Task<RunStatus> WaitAsync(string runId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = parts.Time.GetTimestamp();
        while (true)
        {
            var left = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - parts.Time.GetElapsedTime(started);
            var status = runs.Find(runId) is { } actor
                ? await WaitHereAsync(actor, left, cancellationToken).ConfigureAwait(false)
                : await WaitElsewhereAsync(runId, left, cancellationToken).ConfigureAwait(false);
            if (status is not null)
                return status;
        }
    }

    public async Task<RunRecord> FindAsync(string runId, CancellationToken cancellationToken) =>
        runs.Correct(await parts.Journal.FindRunAsync(runId, cancellationToken).ConfigureAwait(false) ?? throw new RunNotFoundException(runId));

    /// <summary>Null when the session is over but the run goes on by itself.</summary>
    private async Task<RunStatus?> WaitHereAsync(RunActor actor, TimeSpan left, CancellationToken cancellationToken)
    {
        try
        {
            if (left != Timeout.InfiniteTimeSpan && left < TimeSpan.Zero)
                return actor.Status;

            await actor.Rest.WaitAsync(left, parts.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The caller's time is up, not the run's.
            return actor.Status;
        }

        // The plan comes with the reading of the journal.
        var status = actor.Status;
        return IsUnderWay(status.Run) || status.Run.State == RunState.Planned ? null : status;
    }

    /// <summary>Null while there is more to wait for.</summary>
    private async Task<RunStatus?> WaitElsewhereAsync(string runId, TimeSpan left, CancellationToken cancellationToken)
    {
        var isOver = left != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero;
        if (isOver || !await WillGoOnAsync(await FindAsync(runId, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false))
            return await StatusAsync(runId, cancellationToken).ConfigureAwait(false);

        var atMost = left == Timeout.InfiniteTimeSpan || left > PollInterval ? PollInterval : left;
        await parts.Journal.WaitForChangeAsync(runId, atMost, parts.Time, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>The same, or all that was asked is answered, which the owner hears of at its next poll.</summary>
    private async Task<bool> WillGoOnAsync(RunRecord run, CancellationToken cancellationToken)
    {
        if (IsUnderWay(run) || run is not { State: RunState.Waiting, WaitingFor: WaitingFor.Answer })
            return IsUnderWay(run);

        var questions = await parts.Journal.ReadQuestionsAsync(run.Id, cancellationToken).ConfigureAwait(false);
        return questions.All(question => question.AnsweredAt is not null);
    }

    /// <summary>Something will happen to the run without a person.</summary>
    private static bool IsUnderWay(RunRecord run) => run.State == RunState.Running || run is { State: RunState.Waiting, WaitingFor: WaitingFor.Quota };
}
