using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>All that the journal knows of a run, as a report needs it.</summary>
internal sealed record Dossier
{
    private const int EventPage = 5_000;

    public required RunStatus Status { get; init; }

    public RunRecord Run => Status.Run;

    /// <summary>By number, those at work included.</summary>
    public required IReadOnlyList<DossierCall> Calls { get; init; }

    public required IReadOnlyList<QuestionRecord> Questions { get; init; }

    /// <summary>The run's states in the order in which it took them.</summary>
    public required IReadOnlyList<StateChange> History { get; init; }

    /// <summary>When this was read: the end of what is still under way.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Throws <see cref="RunNotFoundException"/>.</summary>
    public static async Task<Dossier> ReadAsync(
        WorkflowEngine engine, IJournal journal, string runId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var status = LiveRuns.Timed(await engine.GetStatusAsync(runId, cancellationToken), now);
        var recorded = await journal.ReadCallsAsync(runId, cancellationToken);
        var events = new EventReading();
        for (var after = 0L; ;)
        {
            var page = await journal.ReadEventsAsync(runId, after, EventPage, cancellationToken);
            foreach (var happened in page)
                events.Take(happened);
            if (page.Count < EventPage)
                break;
            after = page[^1].Sequence;
        }

        // A resume drops what is to be run again; until it is, there is nothing to tell of it.
        var calls = recorded.Where(call => call.State != CallState.Queued).Select(DossierCall.Of).ToDictionary(call => call.Number);
        if (status.Run.State == RunState.Running)
        {
            foreach (var atWork in events.AtWork.Where(call => !calls.ContainsKey(call.Number)))
                calls.Add(atWork.Number, atWork);
        }

        return new Dossier
        {
            Status = status,
            Calls = [.. calls.Values.OrderBy(call => call.Number)],
            Questions = await journal.ReadQuestionsAsync(runId, cancellationToken),
            History = events.History,
            Now = now,
        };
    }
}
