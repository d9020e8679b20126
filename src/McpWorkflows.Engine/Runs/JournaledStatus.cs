using System.Text.Json;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>The picture of a run that is not in this process, as far as the journal shows it.</summary>
internal static class JournaledStatus
{
    private const int Page = 5_000;

    public static async Task<RunStatus> ReadAsync(IJournal journal, RunRecord run, CancellationToken cancellationToken)
    {
        var calls = await journal.ReadCallsAsync(run.Id, cancellationToken).ConfigureAwait(false);
        var phases = new PhaseBoard();
        var failures = new List<FailureStatus>();
        var totals = new RunTotals();
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
            Run = run.State is RunState.Running or RunState.Interrupted && run.Totals.Agents == 0
                ? run with { Totals = totals with { DurationMs = run.Totals.DurationMs } }
                : run,
            Phases = phases.Read(),
            Failures = failures,
            Log = await ReadLogAsync(journal, run.Id, cancellationToken).ConfigureAwait(false),
        };
    }

    private static RunTotals Add(RunTotals totals, CallRecord call, bool failed) => totals with
    {
        Agents = totals.Agents + 1,
        FromJournal = totals.FromJournal + (call.FromJournal ? 1 : 0),
        Failed = totals.Failed + (failed ? 1 : 0),
        Skipped = totals.Skipped + (call.State == CallState.Skipped ? 1 : 0),
        Cancelled = totals.Cancelled + (call.State == CallState.Cancelled ? 1 : 0),
        InputTokens = totals.InputTokens + (call.FromJournal ? 0 : call.Outcome?.Usage.InputTokens ?? 0),
        OutputTokens = totals.OutputTokens + (call.FromJournal ? 0 : call.Outcome?.Usage.OutputTokens ?? 0),
        Rehearsed = totals.Rehearsed || call.Outcome is { Rehearsed: true },
    };

    /// <summary>The lines of the last session: a resume says its lines again.</summary>
    private static async Task<IReadOnlyList<string>> ReadLogAsync(IJournal journal, string runId, CancellationToken cancellationToken)
    {
        var lines = new Queue<string>();
        for (var after = 0L; ;)
        {
            var page = await journal.ReadEventsAsync(runId, after, Page, cancellationToken).ConfigureAwait(false);
            foreach (var item in page)
                Take(item, lines);
            if (page.Count < Page)
                return [.. lines];
            after = page[^1].Sequence;
        }
    }

    private static void Take(RunEvent item, Queue<string> lines)
    {
        if (item.Kind is not ("log" or "state"))
            return;

        using var payload = JsonDocument.Parse(item.PayloadJson);
        if (item.Kind == "log")
        {
            lines.Enqueue(payload.RootElement.GetProperty("text").GetString()!);
            if (lines.Count > RunBoard.KeptLogLines)
                lines.Dequeue();
        }
        else if (payload.RootElement.GetProperty("state").GetString() == RunState.Running.ToText())
        {
            lines.Clear();
        }
    }
}
