using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Lessons;

namespace McpWorkflows.Journal.Writing;

/// <summary>What the writer writes by, with its transaction. Used by one thread at a time.</summary>
internal abstract class WriteSession : IDisposable
{
    private readonly WriteConnection connection;
    private readonly Statement holder;
    private readonly Dictionary<string, long> seen = [];
    private readonly Dictionary<string, Holder> looked = [];

    protected WriteSession(WriteConnection connection, Owners owners, TimeProvider timeProvider)
    {
        this.connection = connection;
        Owners = owners;
        TimeProvider = timeProvider;
        holder = connection.Prepare(1, $"SELECT Key, LeaseOwner, LeaseEpoch FROM Runs WHERE Id = @0{connection.ForUpdate}");
        Runs = new RunStatements(connection, owners);
        Entries = new EntryStatements(connection);
        Questions = new QuestionStatements(connection);
        Orders = new OrderStatements(connection);
        Lessons = new LessonStatements(connection);
    }

    public Owners Owners { get; }

    public string Owner => Owners.Me;

    /// <summary>Shared with readers of other threads.</summary>
    public HeldLeases Held { get; } = new();

    public TimeProvider TimeProvider { get; }

    public RunStatements Runs { get; }

    public EntryStatements Entries { get; }

    public QuestionStatements Questions { get; }

    public OrderStatements Orders { get; }

    public LessonStatements Lessons { get; }

    public long UtcTicks => TimeProvider.GetUtcNow().UtcTicks;

    /// <summary>A request may be given up by its caller while it is at work; what it writes may be written all the same.</summary>
    public virtual bool MayTakeLong => false;

    /// <summary>Takes note of a lease that this transaction writes.</summary>
    public virtual void Lease(string runId, long epoch)
    {
        looked.Remove(runId);
        Held.Take(runId, epoch);
    }

    /// <summary>The run is taken from an owner that is dead.</summary>
    public virtual void TakeOver(string before)
    {
    }

    /// <summary>Followers of the run, and the one who owns it where somebody wants something of it, hear of this transaction.</summary>
    public virtual void Tell(string runId, bool owner)
    {
    }

    /// <summary>An agent's call has its outcome in the run itself.</summary>
    public virtual void Settled(string runId, ItemKey key)
    {
    }

    /// <summary>Nobody asks for the run's calls any more.</summary>
    public virtual void Ended(string runId)
    {
    }

    /// <summary>The key of a run that this owner holds, in the epoch in which it took it. Looked up once in each transaction.</summary>
    public long HeldRun(string runId)
    {
        if (seen.TryGetValue(runId, out var key))
        {
            return key;
        }

        var found = looked.TryGetValue(runId, out var known) ? known : Look(runId) ?? throw JournalFailure.UnknownRun(runId);
        if (found.Owner != Owner || found.Epoch != Held.EpochOf(runId))
        {
            throw new LeaseLostException(runId);
        }

        return seen[runId] = found.Key;
    }

    /// <summary>The run's lease ends with this transaction, for whatever else is in it.</summary>
    public void LetGo(string runId)
    {
        seen.Remove(runId);
        Held.LetGo(runId);
    }

    /// <param name="runIds">The runs that will be written of, as far as that is known.</param>
    public void Begin(IReadOnlyList<string> runIds)
    {
        connection.Begin();
        LookAhead(runIds);
    }

    public void Commit()
    {
        Sign();
        connection.Commit();
        Committed();
    }

    /// <summary>
    /// After an error from <see cref="Begin"/> on: ends the transaction, and says what has become of it. May wait until the database
    /// is there again, though no longer than until <paramref name="closing"/>.
    /// </summary>
    /// <param name="attempts">How often this transaction has failed, from 1.</param>
    public virtual ValueTask<Fate> FailedAsync(Exception error, int attempts, CancellationToken closing)
    {
        Rollback();
        return ValueTask.FromResult(Fate.Failed);
    }

    public virtual void Dispose()
    {
        Runs.Dispose();
        Entries.Dispose();
        Questions.Dispose();
        Orders.Dispose();
        holder.Dispose();
        connection.Dispose();
    }

    public void Rollback()
    {
        Forget();
        connection.Rollback();
    }

    /// <summary>A chance to ask for several runs at once.</summary>
    protected virtual void LookAhead(IReadOnlyList<string> runIds)
    {
    }

    /// <summary>Takes note of who holds the run in this transaction.</summary>
    protected void Looked(string runId, Holder holder) => looked[runId] = holder;

    /// <summary>The last that is written in a transaction.</summary>
    protected abstract void Sign();

    /// <param name="runsChanged">Other runs are held than before.</param>
    protected abstract void AfterCommit(bool runsChanged);

    /// <summary>The transaction is in the database, for certain.</summary>
    protected void Committed()
    {
        seen.Clear();
        looked.Clear();
        AfterCommit(Held.Commit());
    }

    /// <summary>The transaction is not in the database, for certain.</summary>
    protected virtual void Forget()
    {
        seen.Clear();
        looked.Clear();
        Held.Rollback();
    }

    private Holder? Look(string runId)
    {
        using var reader = holder.Query(runId);
        return reader.Read() ? new Holder(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2)) : null;
    }

    /// <summary>Who holds a run, by its row.</summary>
    protected readonly record struct Holder(long Key, string? Owner, long Epoch);
}

/// <summary>What has become of a transaction that met an error.</summary>
internal enum Fate
{
    /// <summary>The error stands.</summary>
    Failed,

    /// <summary>Nothing of it was written, and it is worth another attempt.</summary>
    RolledBack,

    /// <summary>It was committed; only the word of it was lost.</summary>
    Committed,

    /// <summary>The database is gone and the journal is being closed.</summary>
    GivenUp,
}
