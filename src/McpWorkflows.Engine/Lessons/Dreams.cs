using System.Globalization;
using System.Text.Json.Nodes;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Lessons;

/// <summary>
/// Gathers lessons from past runs, by a workflow that is journaled and resumed like any other. Of all processes on a
/// journal one does it for a project at a time; whoever comes next takes in what another left behind.
/// </summary>
public sealed class Dreams(WorkflowEngine engine, IJournal journal, TimeProvider time, IIdSource ids)
{
    private const int MaxDigests = 20;
    private const int LookedAt = 300;
    private static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromHours(1);

    /// <summary>
    /// Starts gathering, or goes on with what was begun. Without a run of the project that something can be learnt from,
    /// nothing is started and nothing paid.
    /// </summary>
    public async Task<DreamBegun> BeginAsync(DreamRequest request, CancellationToken cancellationToken)
    {
        var project = ProjectFolder.RootOf(request.Workspace);
        if (await GoOnAsync(project, request, cancellationToken).ConfigureAwait(false) is { } begun)
            return begun;

        var claim = ids.NewRunId();
        var book = await journal.ChangeLessonsAsync(project, found => Claimed(found, claim), cancellationToken).ConfigureAwait(false);
        if (book.Claim != claim)
            return new DreamBegun(book.DreamRun, DreamStart.Elsewhere);

        try
        {
            return await StartAsync(project, book, request, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await journal.ChangeLessonsAsync(project, found => found.Claim == claim ? found with { Claim = null } : found, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for a run that gathers lessons, and takes in what it brought.</summary>
    public async Task<DreamEnded> FinishAsync(string workspace, string runId, CancellationToken cancellationToken)
    {
        var status = await engine.WaitAsync(runId, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        var project = ProjectFolder.RootOf(workspace);
        var changes = await TakeInAsync(project, runId, cancellationToken).ConfigureAwait(false);
        if (status.Run.State is RunState.Failed or RunState.Cancelled)
            await journal.ChangeLessonsAsync(project, book => book with { DreamtAt = time.GetUtcNow() }, cancellationToken).ConfigureAwait(false);
        return new DreamEnded(status, changes);
    }

    /// <summary>Takes in what an ended run brought that nobody took in, as when its process died or a person resumed it.</summary>
    public async Task CatchUpAsync(string workspace, CancellationToken cancellationToken)
    {
        var project = ProjectFolder.RootOf(workspace);
        var book = await journal.ReadLessonsAsync(project, cancellationToken).ConfigureAwait(false);
        if (book.DreamRun is { } runId)
            await TakeInAsync(project, runId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Projects with runs that ended after they were last read, newest first.</summary>
    public async Task<IReadOnlyList<string>> ListDueAsync(TimeSpan? every, bool afterRuns, CancellationToken cancellationToken)
    {
        var due = new List<string>();
        foreach (var runs in (await journal.ListRunsAsync(LookedAt, cancellationToken).ConfigureAwait(false)).Where(MayTeach).GroupBy(run => ProjectFolder.RootOf(run.Settings.Workspace)))
        {
            var book = await journal.ReadLessonsAsync(runs.Key, cancellationToken).ConfigureAwait(false);
            var newest = runs.Max(run => run.EndedAt!.Value);
            // What failed is tried again, but not minute by minute: each time may cost.
            if (book.DreamRun is not null && time.GetUtcNow() - book.DreamtAt < RestAfterFailure)
                continue;
            var since = book.DreamtAt ?? runs.Min(run => run.EndedAt!.Value);
            if ((book.DreamtTo is null || newest > book.DreamtTo) && (afterRuns || (every is { } pause && time.GetUtcNow() - since >= pause)))
                due.Add(runs.Key);
        }

        return due;
    }

    private async Task<DreamBegun?> GoOnAsync(string project, DreamRequest request, CancellationToken cancellationToken)
    {
        var book = await journal.ReadLessonsAsync(project, cancellationToken).ConfigureAwait(false);
        if (book.DreamRun is not { } runId || await journal.FindRunAsync(runId, cancellationToken).ConfigureAwait(false) is not { } run)
            return null;

        switch (run.State)
        {
            case RunState.Running or RunState.Waiting or RunState.Paused:
                return new DreamBegun(runId, DreamStart.Elsewhere);
            case RunState.Interrupted:
                await engine.ResumeAsync(new ResumeRun { RunId = runId, Model = request.Model }, cancellationToken).ConfigureAwait(false);
                return new DreamBegun(runId, DreamStart.Resumed);
            case RunState.Completed or RunState.CompletedWithFailures:
                await TakeInAsync(project, runId, cancellationToken).ConfigureAwait(false);
                return null;
            default:
                // It failed or a person cancelled it: the same runs are read afresh.
                return null;
        }
    }

    private async Task<DreamBegun> StartAsync(string project, LessonBook book, DreamRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (digests, readTo) = await DigestsAsync(project, book.DreamtTo, cancellationToken).ConfigureAwait(false);
        if (digests.Count == 0)
        {
            await journal.ChangeLessonsAsync(
                project, found => found with { Claim = null, DreamtTo = readTo ?? found.DreamtTo, DreamtAt = now }, cancellationToken).ConfigureAwait(false);
            return new DreamBegun(null, DreamStart.NothingToLearn);
        }

        var runId = await engine.StartAsync(
            new StartRun
            {
                Script = DreamScript.Text,
                FileName = DreamScript.FileName,
                ArgsJson = Args(book, digests, readTo!.Value).ToJsonString(),
                Model = request.Model,
                Workspace = request.Workspace,
                Budget = request.Budget,
                BudgetDollars = request.BudgetDollars,
                WithoutLessons = true,
                // The product's own: where only saved workflows may run it is one of them.
                SavedAs = "dream",
            },
            cancellationToken).ConfigureAwait(false);
        await journal.ChangeLessonsAsync(project, found => found with { Claim = null, DreamRun = runId }, CancellationToken.None).ConfigureAwait(false);
        return new DreamBegun(runId, DreamStart.Started) { Runs = digests.Count };
    }

    private async Task<(List<JsonObject> Digests, DateTimeOffset? ReadTo)> DigestsAsync(string project, DateTimeOffset? after, CancellationToken cancellationToken)
    {
        var digests = new List<JsonObject>();
        DateTimeOffset? readTo = null;
        var runs = await journal.ListRunsAsync(LookedAt, cancellationToken).ConfigureAwait(false);
        foreach (var run in runs.Where(run => MayTeach(run) && (after is null || run.EndedAt > after) && ProjectFolder.RootOf(run.Settings.Workspace) == project))
        {
            readTo = readTo is null || run.EndedAt > readTo ? run.EndedAt : readTo;
            if (digests.Count < MaxDigests && await RunDigest.ReadAsync(journal, run, cancellationToken).ConfigureAwait(false) is { } digest)
                digests.Add(digest);
        }

        return (digests, readTo);
    }

    private async Task<LessonChanges?> TakeInAsync(string project, string runId, CancellationToken cancellationToken)
    {
        if (await journal.FindRunAsync(runId, cancellationToken).ConfigureAwait(false) is not { State: RunState.Completed or RunState.CompletedWithFailures } run)
            return null;

        // What the rehearsal model makes up is no lesson.
        var curation = run.Totals.Rehearsed ? null : LessonCuration.Read(run.ArgsJson, run.ResultJson);
        LessonChanges? changes = null;
        await journal.ChangeLessonsAsync(
            project,
            book =>
            {
                changes = null;
                if (book.DreamRun != runId)
                    return book;
                if (curation is not null)
                    (book, changes) = LessonCurator.Apply(book, curation, time.GetUtcNow());
                return book with { DreamRun = null, DreamtTo = curation?.ReadTo ?? book.DreamtTo, DreamtAt = time.GetUtcNow() };
            },
            cancellationToken).ConfigureAwait(false);
        return changes;
    }

    private LessonBook Claimed(LessonBook book, string claim)
    {
        var now = time.GetUtcNow();
        return book.Claim is null || book.ClaimedAt is null || now - book.ClaimedAt > ClaimTime
            ? book with { Claim = claim, ClaimedAt = now }
            : book;
    }

    private static bool MayTeach(RunRecord run) =>
        run is { EndedAt: not null, Totals.Rehearsed: false } && run.FileName != DreamScript.FileName && run.State.HasEnded();

    private static JsonObject Args(LessonBook book, List<JsonObject> digests, DateTimeOffset readTo) => new()
    {
        ["digests"] = new JsonArray([.. digests]),
        ["lessons"] = new JsonArray([.. book.Live.Select(Known)]),
        ["deleted"] = new JsonArray([.. book.Deleted.TakeLast(LessonBook.MaxLessons).Select(lesson => (JsonNode)lesson.Text)]),
        ["most"] = LessonBook.MaxLessons,
        ["readTo"] = readTo.ToString("O", CultureInfo.InvariantCulture),
    };

    private static JsonNode Known(Lesson lesson) => new JsonObject
    {
        ["number"] = lesson.Number,
        ["text"] = lesson.Text,
        ["topics"] = new JsonArray([.. lesson.Topics.Select(topic => (JsonNode)topic)]),
        ["fixed"] = lesson.IsPersons,
    };
}
