using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Journal.History;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Lessons;
using McpWorkflows.Journal.Reading;
using McpWorkflows.Journal.Slots;
using McpWorkflows.Journal.Writing;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal;

/// <summary>
/// The journal in a SQLite database. Several processes may have the same file open; a run belongs to the one that
/// leases it.
/// </summary>
public sealed class SqliteJournal : IJournal
{
    private readonly OwnerLock held;
    private readonly Owners owners;
    private readonly JournalWriter? writer;
    private readonly Pulse? pulse;
    private readonly RunReader runs;
    private readonly ItemReader items;
    private readonly LessonReader lessons;
    private readonly Connections connections;
    private readonly JournalOptions options;
    private readonly JournalFailure failure;
    private readonly List<SharedSlots> slots = [];
    private int disposed;

    /// <param name="writer">Null for a journal that is only read.</param>
    private SqliteJournal(OwnerLock held, JournalWriter? writer, Owners owners, Connections connections, JournalOptions options, JournalFailure failure)
    {
        this.held = held;
        this.writer = writer;
        this.owners = owners;
        this.connections = connections;
        this.options = options;
        this.failure = failure;
        runs = new RunReader(connections, owners, failure);
        items = new ItemReader(connections, failure);
        lessons = new LessonReader(connections, failure);
        pulse = writer is null ? null : new Pulse(writer, options.TimeProvider, options.LeaseTime);
    }

    /// <summary>What was found missing when the journal was opened. Told once.</summary>
    public IReadOnlyList<JournalLoss> Losses { get; private init; } = [];

    /// <summary>Transactions this process has committed since it opened the journal.</summary>
    internal long Commits => writer?.Commits ?? 0;

    /// <summary>
    /// Opens the journal, creates it where there is none, and migrates one of an older release. Throws
    /// <see cref="JournalException"/>, naming cause and remedy, when the file cannot be written, is locked, is damaged,
    /// is no journal, or comes from a newer release.
    /// </summary>
    public static Task<SqliteJournal> OpenAsync(JournalOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        options = options with { Path = Path.GetFullPath(options.Path) };
        return Task.Run(() => Open(options), cancellationToken);
    }

    public Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken) => CreateRunAsync(run, [], cancellationToken);

    public Task CreateRunAsync(RunRecord run, IReadOnlyList<JournalEntry> first, CancellationToken cancellationToken) => WriteAsync(
        session =>
        {
            session.Runs.Insert(run, session.Owner, session.UtcTicks);
            session.Lease(run.Id, epoch: 1);
            RunAppend.Write(session, run.Id, first);
            return true;
        },
        cancellationToken);

    public Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) =>
        runs.FindAsync(runId, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(int limit, CancellationToken cancellationToken) =>
        runs.ListAsync(limit, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> ListUnattendedAsync(CancellationToken cancellationToken) =>
        runs.ListUnattendedAsync(cancellationToken);

    public Task<bool> TryLeaseAsync(string runId, CancellationToken cancellationToken) => WriteAsync(
        session =>
        {
            var lease = session.Runs.Find(runId) ?? throw JournalFailure.UnknownRun(runId);
            if (lease.Owner != session.Owner && lease.IsHeld(owners))
            {
                return false;
            }

            if (lease.Owner is { } before && before != session.Owner)
            {
                owners.Forget(before);
            }

            session.Runs.Take(lease.RunKey, session.Owner, session.UtcTicks);
            session.Orders.Forget(lease.RunKey);
            session.Lease(runId, lease.Epoch + 1);
            return true;
        },
        cancellationToken);

    public Task AppendAsync(string runId, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken) => WriteAsync(
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

    public Task<bool> RequestCancelAsync(string runId, CancellationToken cancellationToken) => WriteAsync(
        session =>
        {
            if (session.Runs.Find(runId) is not { } lease || lease.State.HasEnded())
            {
                return false;
            }

            if (lease.IsHeld(owners))
            {
                session.Runs.RequestCancel(lease.RunKey);
            }
            else
            {
                session.Runs.Cancel(lease.RunKey, session.UtcTicks);
            }

            return true;
        },
        cancellationToken);

    public Task<bool> OrderAsync(string runId, RunOrder order, CancellationToken cancellationToken) => WriteAsync(
        session =>
        {
            if (session.Runs.Find(runId) is not { } lease || lease.State.HasEnded())
            {
                return false;
            }

            if (lease.IsHeld(owners))
            {
                session.Orders.Put(lease.RunKey, order);
                return true;
            }

            if (order.Kind != RunOrderKind.Pause || lease.State is RunState.Planned or RunState.Paused)
            {
                return false;
            }

            session.Runs.Pause(lease.RunKey);
            return true;
        },
        cancellationToken);

    public IAgentSlots ShareSlots(string pool, int width)
    {
        var shared = new SharedSlots(new SlotFiles(options.Path + (pool == SlotPool.Agents ? ".slots" : $".slots-{Uri.EscapeDataString(pool)}")), width, options.TimeProvider);
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
            ? requests with { Orders = await WriteAsync(static session => session.Orders.Take(session.Owner), cancellationToken).ConfigureAwait(false) }
            : requests;
    }

    public Task<IReadOnlyList<QuestionRecord>> ReadQuestionsAsync(string runId, CancellationToken cancellationToken) =>
        items.ReadQuestionsAsync(runId, cancellationToken);

    public Task<bool> AnswerQuestionAsync(string runId, int number, string? answerJson, CancellationToken cancellationToken) => WriteAsync(
        session => session.Runs.Find(runId) is { } lease
            && !lease.State.HasEnded()
            && session.Questions.Answer(lease.RunKey, number, answerJson, session.UtcTicks),
        cancellationToken);

    public Task<LessonBook> ReadLessonsAsync(string project, CancellationToken cancellationToken) => lessons.ReadAsync(project, cancellationToken);

    public Task<LessonBook> ChangeLessonsAsync(string project, Func<LessonBook, LessonBook> change, CancellationToken cancellationToken) => WriteAsync(
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
            ? Task.FromException<PruneReport>(failure.NotWritable())
            : new Pruner(connections, writer, owners, failure).PruneAsync(request, cancellationToken);

    /// <summary>Writes what is queued, then lets go of the leases and the file.</summary>
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

            connections.Close();
            held.Dispose();
        }
    }

    private Task<T> WriteAsync<T>(Func<WriteSession, T> work, CancellationToken cancellationToken) =>
        writer?.WriteAsync(work, cancellationToken) ?? Task.FromException<T>(failure.NotWritable());

    private static SqliteJournal Open(JournalOptions options)
    {
        var failure = new JournalFailure(options.Path, options.LockTimeout);
        try
        {
            return OpenToWrite(options, failure);
        }
        catch (Exception exception) when (options.AllowReadOnly && File.Exists(options.Path) && JournalFailure.IsReadOnly(exception))
        {
            return OpenToRead(options, failure);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw failure.From(exception);
        }
    }

    private static SqliteJournal OpenToRead(JournalOptions options, JournalFailure failure)
    {
        try
        {
            var connections = new Connections(options, failure);
            connections.TurnReadOnly();
            var nothing = OwnerLock.Look(options.Path, options.Owner);
            var owners = new Owners(nothing, new MachineClock(options.TimeProvider), options.LeaseTime);
            return new SqliteJournal(nothing, null, owners, connections, options, failure);
        }
        catch (SqliteException exception)
        {
            throw failure.From(exception);
        }
    }

    private static SqliteJournal OpenToWrite(JournalOptions options, JournalFailure failure)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(options.Path)!);
        var connections = new Connections(options, failure);
        var connection = connections.OpenForWriting();
        try
        {
            var held = OwnerLock.Take(options.Path, options.Owner);
            var owners = new Owners(held, new MachineClock(options.TimeProvider), options.LeaseTime);
            var session = new WriteSession(connection, owners, options.TimeProvider, options.LockTimeout);
            var losses = LossCheck.Run(session, held);
            held.Sweep();
            return new SqliteJournal(held, new JournalWriter(session, failure), owners, connections, options, failure) { Losses = losses };
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
