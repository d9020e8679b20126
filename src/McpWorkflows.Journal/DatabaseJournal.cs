using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Journal.History;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Lessons;
using McpWorkflows.Journal.Reading;
using McpWorkflows.Journal.Writing;

namespace McpWorkflows.Journal;

/// <summary>
/// The journal in a relational database. Several processes may have the same one open; a run belongs to the one that
/// leases it.
/// </summary>
public abstract class DatabaseJournal : IJournal
{
    private readonly Database database;
    private readonly JournalWriter? writer;
    private readonly RunReader runs;
    private readonly ItemReader items;
    private readonly LessonReader lessons;
    private readonly Pulse? pulse;
    private readonly List<IDisposable> slots = [];
    private int disposed;

    /// <param name="writer">Null for a journal that is only read.</param>
    private protected DatabaseJournal(Database database, JournalWriter? writer, TimeProvider timeProvider, TimeSpan leaseTime)
    {
        this.database = database;
        this.writer = writer;
        runs = new RunReader(database);
        items = new ItemReader(database);
        lessons = new LessonReader(database);
        pulse = writer is null ? null : new Pulse(writer, timeProvider, leaseTime);
    }

    /// <summary>What was found missing when the journal was opened. Told once.</summary>
    public IReadOnlyList<JournalLoss> Losses { get; private protected init; } = [];

    public virtual IDispatchLedger? Dispatch => null;

    public virtual string? Outage => null;

    public virtual Task WaitForChangeAsync(string? runId, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken) =>
        Task.Delay(atMost, time, cancellationToken);

    /// <summary>Transactions this process has committed since it opened the journal.</summary>
    internal long Commits => writer?.Commits ?? 0;

    private protected HeldLeases? Held => writer?.Held;

    private Owners Owners => database.Owners;

    /// <summary>
    /// Opens the journal that the options name, creates it where there is none, and migrates one of an older release. Throws
    /// <see cref="JournalException"/>, naming cause and remedy, when it cannot be written, is locked, is damaged,
    /// is no journal, cannot be reached, or comes from a newer release.
    /// </summary>
    public static async Task<DatabaseJournal> OpenAsync(JournalOptions options, CancellationToken cancellationToken) =>
        JournalPath.IsServer(options.Path)
            ? await PostgresJournal.OpenAsync(options, cancellationToken).ConfigureAwait(false)
            : await SqliteJournal.OpenAsync(options, cancellationToken).ConfigureAwait(false);

    public Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken) => CreateRunAsync(run, [], cancellationToken);

    public Task CreateRunAsync(RunRecord run, IReadOnlyList<JournalEntry> first, CancellationToken cancellationToken) => AskAsync(
        null,
        session =>
        {
            session.Runs.Insert(run, session.Owner, session.UtcTicks);
            session.Lease(run.Id, epoch: 1);
            RunAppend.Write(session, run.Id, first);
            return true;
        },
        cancellationToken,
        session => AbandonedRuns.Cancel(session, run.Id));

    public Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) =>
        runs.FindAsync(runId, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(int limit, CancellationToken cancellationToken) =>
        runs.ListAsync(limit, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> ListUnattendedAsync(CancellationToken cancellationToken) =>
        runs.ListUnattendedAsync(cancellationToken);

    public Task<bool> TryLeaseAsync(string runId, CancellationToken cancellationToken)
    {
        long? taken = null;
        return AskAsync(
            runId,
            session =>
            {
                taken = null;
                var lease = session.Runs.Find(runId) ?? throw JournalFailure.UnknownRun(runId);
                if (lease.Owner != session.Owner && lease.IsHeld(Owners))
                {
                    return false;
                }

                if (lease.Owner is { } before && before != session.Owner)
                {
                    session.TakeOver(before);
                }

                session.Runs.Take(lease.RunKey, session.Owner, session.UtcTicks);
                session.Orders.Forget(lease.RunKey);
                session.Lease(runId, lease.Epoch + 1);
                session.Tell(runId, owner: false);
                taken = lease.Epoch + 1;
                return true;
            },
            cancellationToken,
            session => AbandonedRuns.Release(session, runId, taken));
    }

    public Task AppendAsync(string runId, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken) => WriteAsync(
        runId,
        session =>
        {
            RunAppend.Write(session, runId, entries);
            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<SettledItem>> ReadSettledAsync(string runId, CancellationToken cancellationToken) =>
        items.ReadSettledAsync(runId, cancellationToken);

    public Task<IReadOnlyList<CallRecord>> ReadCallsAsync(string runId, CancellationToken cancellationToken) =>
        items.ReadCallsAsync(runId, cancellationToken);

    public Task<IReadOnlyList<RunEvent>> ReadEventsAsync(string runId, long after, int limit, CancellationToken cancellationToken) =>
        items.ReadEventsAsync(runId, after, limit, cancellationToken);

    public Task<IReadOnlyDictionary<string, string>> ReadSnapshotsAsync(string runId, CancellationToken cancellationToken) =>
        items.ReadSnapshotsAsync(runId, cancellationToken);

    public Task<bool> RequestCancelAsync(string runId, CancellationToken cancellationToken) => AskAsync(
        runId,
        session =>
        {
            if (session.Runs.Find(runId) is not { } lease || lease.State.HasEnded())
            {
                return false;
            }

            if (lease.IsHeld(Owners))
            {
                session.Runs.RequestCancel(lease.RunKey);
            }
            else
            {
                session.Runs.Cancel(lease.RunKey, session.UtcTicks);
                session.Ended(runId);
            }

            session.Tell(runId, owner: true);
            return true;
        },
        cancellationToken);

    public Task<bool> OrderAsync(string runId, RunOrder order, CancellationToken cancellationToken) => AskAsync(
        runId,
        session =>
        {
            if (session.Runs.Find(runId) is not { } lease || lease.State.HasEnded())
            {
                return false;
            }

            if (lease.IsHeld(Owners))
            {
                session.Orders.Put(lease.RunKey, order);
                session.Tell(runId, owner: true);
                return true;
            }

            if (order.Kind != RunOrderKind.Pause || lease.State is RunState.Planned or RunState.Paused)
            {
                return false;
            }

            session.Runs.Pause(lease.RunKey);
            session.Tell(runId, owner: false);
            return true;
        },
        cancellationToken);

    public IAgentSlots ShareSlots(string pool, int width)
    {
        var shared = OpenSlots(pool, width);
        lock (slots)
        {
            slots.Add(shared);
        }

        return shared;
    }

    public async Task<RunRequests> ReadRequestsAsync(CancellationToken cancellationToken)
    {
        if (writer is null)
        {
            return RunRequests.None;
        }

        var (requests, anyOrders) = await runs.ReadRequestsAsync(writer.Held, cancellationToken).ConfigureAwait(false);
        return anyOrders
            ? requests with { Orders = await WriteAsync(null, static session => session.Orders.Take(session.Owner), cancellationToken).ConfigureAwait(false) }
            : requests;
    }

    public Task<IReadOnlyList<QuestionRecord>> ReadQuestionsAsync(string runId, CancellationToken cancellationToken) =>
        items.ReadQuestionsAsync(runId, cancellationToken);

    public Task<bool> AnswerQuestionAsync(string runId, int number, string? answerJson, CancellationToken cancellationToken) => AskAsync(
        runId,
        session =>
        {
            if (session.Runs.Find(runId) is not { } lease
                || lease.State.HasEnded()
                || !session.Questions.Answer(lease.RunKey, number, answerJson, session.UtcTicks))
            {
                return false;
            }

            session.Tell(runId, owner: true);
            return true;
        },
        cancellationToken);

    public Task<LessonBook> ReadLessonsAsync(string project, CancellationToken cancellationToken) => lessons.ReadAsync(project, cancellationToken);

    public Task<LessonBook> ChangeLessonsAsync(string project, Func<LessonBook, LessonBook> change, CancellationToken cancellationToken) => AskAsync(
        null,
        session =>
        {
            var book = change(session.Lessons.Read(project));
            session.Lessons.Write(project, book);
            return book;
        },
        cancellationToken);

    /// <summary>Deletes runs that have ended; others go on reading and writing meanwhile.</summary>
    public Task<PruneReport> PruneAsync(PruneRequest request, CancellationToken cancellationToken) =>
        writer is null
            ? Task.FromException<PruneReport>(database.Failure.NotWritable())
            : new Pruner(database, writer).PruneAsync(request, cancellationToken);

    /// <summary>Writes what is queued, then lets go of the leases and the database.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            pulse?.Dispose();
            lock (slots)
            {
                slots.ForEach(static shared => shared.Dispose());
            }

            if (writer is not null)
            {
                await writer.DisposeAsync().ConfigureAwait(false);
            }

            await CloseAsync().ConfigureAwait(false);
            GC.SuppressFinalize(this);
        }
    }

    private protected abstract IAgentSlots OpenSlots(string pool, int width);

    /// <summary>After the last write.</summary>
    private protected abstract ValueTask CloseAsync();

    /// <summary>Writes what somebody asks for.</summary>
    /// <param name="undo">For what was written when nobody waited for it any more.</param>
    private Task<T> AskAsync<T>(string? runId, Func<WriteSession, T> work, CancellationToken cancellationToken, Action<WriteSession>? undo = null) => writer is null
        ? Task.FromException<T>(database.Failure.NotWritable())
        : database.AskAsync(cancellation => writer.WriteAsync(runId, work, undo, cancellation), cancellationToken);

    /// <summary>Writes what a run of this process waits for.</summary>
    private Task<T> WriteAsync<T>(string? runId, Func<WriteSession, T> work, CancellationToken cancellationToken) =>
        writer?.WriteAsync(runId, work, undo: null, cancellationToken) ?? Task.FromException<T>(database.Failure.NotWritable());
}
