using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>The picture of a run that is not in this process, as far as the journal shows it.</summary>
internal static class JournaledStatus
{
    public static async Task<RunStatus> ReadAsync(IJournal journal, RunRecord run, CancellationToken cancellationToken)
    {
        var calls = await journal.ReadCallsAsync(run.Id, cancellationToken).ConfigureAwait(false);
        var past = await JournaledEvents.ReadAsync(journal, run.Id, cancellationToken).ConfigureAwait(false);
        var phases = new PhaseBoard();
        var failures = new List<FailureStatus>();
        var totals = new RunTotals { BranchesFailed = past.Branches.Count };
        foreach (var call in calls)
        {
            // A queued one was dropped by a resume that did not ask for it again, or has not yet.
            if (call.State == CallState.Queued)
                continue;

            var failed = call is { State: CallState.Failed, Outcome: not null };
            phases.Count(call.Phase, agents: 1, done: call.Outcome is null ? 0 : 1, failed: failed ? 1 : 0);
            if (failed)
                failures.Add(RunBoard.FailureOf(call, call.Outcome!));
            totals = Add(totals, call, failed);
        }

        return new RunStatus
        {
            Run = run.State is RunState.Running or RunState.Interrupted or RunState.Paused && run.Totals.Agents == 0 ? run with { Totals = Merge(totals, run.Totals) } : run,
            Phases = phases.Read(),
            Failures = [.. failures, .. past.Branches],
            Questions = run.State.HasEnded() ? [] : await OpenQuestionsAsync(journal, run.Id, cancellationToken).ConfigureAwait(false),
            Log = past.Log,
        };
    }

    private static async Task<IReadOnlyList<QuestionRecord>> OpenQuestionsAsync(IJournal journal, string runId, CancellationToken cancellationToken) =>
        [.. (await journal.ReadQuestionsAsync(runId, cancellationToken).ConfigureAwait(false)).Where(question => question.AnsweredAt is null)];

    /// <summary>The census as counted; of what the run took, notes know of calls that were run again since.</summary>
    private static RunTotals Merge(RunTotals counted, RunTotals noted) => counted with
    {
        InputTokens = Math.Max(counted.InputTokens, noted.InputTokens),
        OutputTokens = Math.Max(counted.OutputTokens, noted.OutputTokens),
        Cost = RunCost.Most(counted.Cost, noted.Cost),
        UnpricedCalls = Math.Max(counted.UnpricedCalls, noted.UnpricedCalls),
        DurationMs = noted.DurationMs,
    };

    private static RunTotals Add(RunTotals totals, CallRecord call, bool failed) =>
        (call is { FromJournal: false, Outcome: { } outcome } ? totals.Plus(outcome) : totals) with
        {
            Agents = totals.Agents + 1,
            FromJournal = totals.FromJournal + (call.FromJournal ? 1 : 0),
            Failed = totals.Failed + (failed ? 1 : 0),
            Skipped = totals.Skipped + (call.State == CallState.Skipped ? 1 : 0),
            Cancelled = totals.Cancelled + (call.State == CallState.Cancelled ? 1 : 0),
            Rehearsed = totals.Rehearsed || call.Outcome is { Rehearsed: true },
        };
}
