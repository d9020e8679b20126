using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Runs;

/// <summary>What the journal holds of the run that is resumed.</summary>
internal sealed class OldRun
{
    public required RunRecord Run { get; init; }

    public required IReadOnlyList<SettledItem> Settled { get; init; }

    public required IReadOnlyList<CallRecord> Calls { get; init; }

    public required IReadOnlyList<QuestionRecord> Questions { get; init; }

    public required IReadOnlyDictionary<string, string> Snapshots { get; init; }

    public required IReadOnlyDictionary<ItemKey, string> Labels { get; init; }

    public required long LastEvent { get; init; }

    public static async Task<OldRun> ReadAsync(IJournal journal, RunRecord run, CancellationToken cancellationToken)
    {
        var calls = await journal.ReadCallsAsync(run.Id, cancellationToken).ConfigureAwait(false);
        var labels = calls.ToDictionary(call => call.Key, call => call.Label);
        // The parent may have been pruned, or left behind on another machine; its labels are all that is wanted.
        if (run.ParentId is { } parent && await journal.FindRunAsync(parent, cancellationToken).ConfigureAwait(false) is not null)
        {
            foreach (var call in await journal.ReadCallsAsync(parent, cancellationToken).ConfigureAwait(false))
                labels.TryAdd(call.Key, call.Label);
        }

        return new OldRun
        {
            Run = run,
            Settled = await journal.ReadSettledAsync(run.Id, cancellationToken).ConfigureAwait(false),
            Calls = calls,
            Questions = await journal.ReadQuestionsAsync(run.Id, cancellationToken).ConfigureAwait(false),
            Snapshots = await journal.ReadSnapshotsAsync(run.Id, cancellationToken).ConfigureAwait(false),
            Labels = labels,
            LastEvent = await LastEventAsync(journal, run.Id, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>What is to be run again: failures, if asked for, and the calls that the person named.</summary>
    public List<SettledItem> ToDrop(bool failures, IReadOnlyList<string> rerun)
    {
        var named = new HashSet<ItemKey>();
        foreach (var name in rerun)
        {
            var keys = Calls.Where(call => call.IsNamed(name))
                .Select(call => call.Key).ToList();
            if (keys.Count == 0)
                throw new RunNotResumableException($"Run {Run.Id} has no call '{name}' to run again. Name a label or a number from its status.");
            named.UnionWith(keys);
        }

        return [.. Settled.Where(item => named.Contains(item.Key) || (failures && item.IsFailure()))];
    }

    public IEnumerable<CallRecord> CallsOf(List<SettledItem> items)
    {
        var keys = items.Select(item => item.Key).ToHashSet();
        return Calls.Where(call => keys.Contains(call.Key));
    }

    /// <summary>Questions that are asked once more, with all the time they had.</summary>
    public IEnumerable<QuestionRecord> QuestionsOf(List<SettledItem> items, DateTimeOffset now)
    {
        var keys = items.Select(item => item.Key).ToHashSet();
        return Questions.Where(question => keys.Contains(question.Key)).Select(question => question with
        {
            AskedAt = now,
            Deadline = now + (question.Deadline - question.AskedAt),
            AnswerJson = null,
            AnsweredAt = null,
        });
    }

    public ResumeMarker Mark(List<SettledItem> dropped, DateTimeOffset createdAt)
    {
        var last = ResumeMarker.Last(Snapshots);
        return new ResumeMarker(
            Math.Max(LastSequence, last?.Boundary ?? 0),
            dropped.ToDictionary(item => item.Key, item => item.Sequence),
            last?.ScriptStart ?? createdAt);
    }

    /// <summary>Tokens and time of earlier sessions; after a crash with what was settled since the last note of them.</summary>
    public RunTotals Paid()
    {
        if (Run.Totals.CountedTo is { } counted)
        {
            var late = Settled.Where(item => item.Sequence > counted && item.Outcome is not null).Select(item => item.Outcome!).ToList();
            return late.Aggregate(RunCost.PaidOf(Run.Totals), RunCost.Plus) with
            {
                CountedTo = Math.Max(counted, LastSequence),
            };
        }

        // A child run's first items are its parent's, which the child has not paid.
        var own = Calls.Where(call => !call.FromJournal && call.Outcome is not null).ToList();
        return new RunTotals
        {
            InputTokens = Math.Max(Run.Totals.InputTokens, own.Sum(call => call.Outcome!.Usage.InputTokens)),
            OutputTokens = Math.Max(Run.Totals.OutputTokens, own.Sum(call => call.Outcome!.Usage.OutputTokens)),
            Cost = Run.Totals.Cost,
            UnpricedCalls = Run.Totals.UnpricedCalls,
            DurationMs = Run.Totals.DurationMs,
            CountedTo = LastSequence,
        };
    }

    /// <summary>The highest place of what is settled.</summary>
    public long LastSequence => Settled.Count == 0 ? 0 : Settled.Max(item => item.Sequence);

    public RunSession Session(RunRecord run, WorkflowScript script, ResumeMarker? marker, List<SettledItem> dropped) => new()
    {
        Run = run,
        Warnings = RunOpening.WarningsOf(script),
        Settled = [.. Settled.Except(dropped)],
        Questions = Questions,
        Labels = Labels,
        Snapshots = Snapshots,
        Marker = marker,
        LastEvent = LastEvent,
        IsResumed = true,
    };

    private static async Task<long> LastEventAsync(IJournal journal, string runId, CancellationToken cancellationToken)
    {
        const int Page = 5_000;
        for (var last = 0L; ;)
        {
            var page = await journal.ReadEventsAsync(runId, last, Page, cancellationToken).ConfigureAwait(false);
            last = page.Count == 0 ? last : page[^1].Sequence;
            if (page.Count < Page)
                return last;
        }
    }
}
