using System.Text;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;

namespace McpWorkflows.Journal.Transfer;

/// <summary>One run with all that the journal holds of it, as lines of JSON, for another journal on another machine.</summary>
public static class RunFile
{
    /// <summary>Tells the file from any other.</summary>
    public const string Format = "mcp-workflows-run";

    /// <summary>The newest version that this release reads, and the one it writes.</summary>
    public const int Version = 1;

    private const string Explanation =
        "One JSON object to a line. U+FFFF and four hex digits stand for a UTF-16 code unit that has no place in UTF-8. Times are UTC.";

    /// <summary>Writes the run as it is now. Throws <see cref="JournalException"/> when there is no such run.</summary>
    public static async Task ExportAsync(
        IJournal journal, string runId, Stream file, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var run = await journal.FindRunAsync(runId, cancellationToken).ConfigureAwait(false) ?? throw JournalFailure.UnknownRun(runId);

        // In this order, for a run that goes on meanwhile: each settlement has its call.
        var settled = await journal.ReadSettledAsync(runId, cancellationToken).ConfigureAwait(false);
        var calls = await journal.ReadCallsAsync(runId, cancellationToken).ConfigureAwait(false);
        var outcomes = settled.ToDictionary(item => item.Key, item => item.Outcome);
        List<RunLine> lines =
        [
            new() { Header = new RunFileHeader(Format, Version, now.ToUniversalTime(), Explanation) },
            new() { Run = run },
            .. (await journal.ReadSnapshotsAsync(runId, cancellationToken).ConfigureAwait(false))
                .OrderBy(snapshot => snapshot.Key, StringComparer.Ordinal)
                .Select(snapshot => new RunLine { Snapshot = new SnapshotTaken(snapshot.Key, snapshot.Value) }),
            .. (await journal.ReadQuestionsAsync(runId, cancellationToken).ConfigureAwait(false))
                .Select(question => new RunLine { Question = question }),
            .. calls.Select(call => new RunLine
            {
                // The settlement says it.
                Call = call.Outcome == outcomes.GetValueOrDefault(call.Key) ? call with { Outcome = null } : call,
            }),
            .. settled.Select(item => new RunLine { Settled = item }),
        ];
        var written = 0;
        foreach (var line in lines)
        {
            await WriteAsync(line).ConfigureAwait(false);
        }

        await foreach (var item in ReadEventsAsync(journal, runId, cancellationToken).ConfigureAwait(false))
        {
            await WriteAsync(new RunLine { Event = item }).ConfigureAwait(false);
        }

        await WriteAsync(new RunLine { End = new RunFileEnd(written) }).ConfigureAwait(false);

        async Task WriteAsync(RunLine line)
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(JournalJson.Write(line) + "\n"), cancellationToken).ConfigureAwait(false);
            written++;
        }
    }

    /// <summary>
    /// Writes the run of a file to the journal, all or nothing, and gives its record. It belongs to nobody: one that was
    /// exported while it ran is interrupted. Throws <see cref="JournalException"/>, naming cause and remedy, for a file that
    /// is none, is damaged, is cut off or comes from a newer release, and for a run that the journal has already.
    /// </summary>
    /// <param name="newId">In place of the run's own id; null to keep it.</param>
    public static async Task<RunRecord> ImportAsync(IJournal journal, Stream file, string? newId, CancellationToken cancellationToken)
    {
        var lines = await RunFileReader.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        var run = lines[1].Run!;
        run = run with { Id = newId ?? run.Id, State = run.State == RunState.Running ? RunState.Interrupted : run.State };
        if (await journal.FindRunAsync(run.Id, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new JournalException(
                $"There is a run '{run.Id}' in this journal already; nothing was imported. Import it under an id of its own with --as-new.");
        }

        await journal.CreateRunAsync(run, [.. lines.Select(Entry).OfType<JournalEntry>(), Released(run)], cancellationToken).ConfigureAwait(false);
        return run;
    }

    private static JournalEntry? Entry(RunLine line) => line switch
    {
        { Snapshot: { } snapshot } => snapshot,
        { Question: { } question } => new QuestionOpened(question),
        { Call: { } call } => new CallOpened(call),
        { Settled: { } item } => new ItemSettled(item),
        { Event: { } item } => new EventAppended(item),
        _ => null,
    };

    private static RunChanged Released(RunRecord run) => new()
    {
        State = run.State,
        Totals = run.Totals,
        ResultJson = run.ResultJson,
        Error = run.Error,
        EndedAt = run.EndedAt,
        WaitingFor = run.WaitingFor,
        WaitingUntil = run.WaitingUntil,
        Release = true,
    };

    private static async IAsyncEnumerable<RunEvent> ReadEventsAsync(
        IJournal journal, string runId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int Page = 5_000;
        IReadOnlyList<RunEvent> page;
        var last = 0L;
        do
        {
            page = await journal.ReadEventsAsync(runId, last, Page, cancellationToken).ConfigureAwait(false);
            foreach (var item in page)
            {
                yield return item;
                last = item.Sequence;
            }
        }
        while (page.Count == Page);
    }
}
