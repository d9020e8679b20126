using System.Data.Common;
using System.Threading.Channels;

namespace McpWorkflows.Journal.Writing;

/// <summary>
/// The one writer of a process. It takes whatever is queued into one transaction, commits, and only then completes the
/// requests: what arrives during a commit shares the next one, and nothing waits for company.
/// </summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    /// <summary>Bounds a transaction, and with it the time a first request in it can wait for the last.</summary>
    private const int MaxBatch = 1_024;

    /// <summary>How long a database that is away is waited for when the journal is closed.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly Channel<WriteRequest> queue = Channel.CreateUnbounded<WriteRequest>(new() { SingleReader = true });
    private readonly WriteSession session;
    private readonly JournalFailure failure;
    private readonly CancellationTokenSource closing = new();
    private readonly Task loop;
    private long commits;

    public JournalWriter(WriteSession session, JournalFailure failure)
    {
        this.session = session;
        this.failure = failure;
        loop = Task.Run(RunAsync);
    }

    /// <summary>The leases of this owner.</summary>
    public HeldLeases Held => session.Held;

    /// <summary>Transactions committed so far.</summary>
    public long Commits => Volatile.Read(ref commits);

    public Task<T> WriteAsync<T>(Func<WriteSession, T> work, CancellationToken cancellationToken) => WriteAsync(null, work, undo: null, cancellationToken);

    /// <param name="runId">The run that is written of, if it is one.</param>
    /// <param name="undo">For what was committed when the caller had given up; null where it may stand.</param>
    public Task<T> WriteAsync<T>(string? runId, Func<WriteSession, T> work, Action<WriteSession>? undo, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var request = new WriteRequest<T>(work, undo, runId, session.MayTakeLong, cancellationToken);
        ObjectDisposedException.ThrowIf(!queue.Writer.TryWrite(request), this);
        return request.Task;
    }

    /// <summary>Writes what is queued, then closes the connection. What cannot be written because the database is away fails soon.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop.WaitAsync(Farewell).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Not by a timer, which would end the process with what a dying connection throws when it is told.
        await closing.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await loop.ConfigureAwait(false);
        session.Dispose();
        closing.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<WriteRequest>();
        while (await queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < MaxBatch && queue.Reader.TryRead(out var request))
            {
                if (request.CancellationToken.IsCancellationRequested)
                {
                    request.Cancel();
                }
                else
                {
                    batch.Add(request);
                }
            }

            if (batch.Count > 0)
            {
                await WriteAsync(batch).ConfigureAwait(false);
                batch.Clear();
            }
        }
    }

    private async ValueTask WriteAsync(List<WriteRequest> batch)
    {
        var began = CommitInstruments.Begin();
        Exception? error = null;
        var fate = Fate.RolledBack;
        for (var attempt = 1; fate == Fate.RolledBack; attempt++)
        {
            error = TryCommit(batch);
            fate = error is null ? Fate.Committed : await session.FailedAsync(error, attempt, closing.Token).ConfigureAwait(false);
            if (fate == Fate.RolledBack && batch.RemoveAll(static request => request.IsOver) > 0 && batch.Count == 0)
            {
                return;
            }
        }

        if (fate == Fate.Committed)
        {
            Interlocked.Increment(ref commits);
            CommitInstruments.Committed(began, batch.Count);
            foreach (var request in batch)
            {
                if (request.Complete() is { } undo)
                {
                    // Where the journal is being closed, its leases end anyway.
                    queue.Writer.TryWrite(undo);
                }
            }

            return;
        }

        CommitInstruments.Failed(error!);
        if (fate == Fate.Failed && IsOfOneRequest(error!) && batch.Count > 1)
        {
            // Nothing of the one at fault may be written, and all of the others. Rare enough to do it again one by one.
            foreach (var request in batch)
            {
                await WriteAsync([request]).ConfigureAwait(false);
            }
        }
        else
        {
            var told = fate == Fate.GivenUp ? failure.NotWritten(error!, batch.Count) : error is DbException ? failure.From(error) : error!;
            batch.ForEach(request => request.Fail(told));
        }
    }

    private Exception? TryCommit(List<WriteRequest> batch)
    {
        try
        {
            session.Begin([.. batch.Select(static request => request.RunId).OfType<string>().Distinct()]);
            foreach (var request in batch)
            {
                request.Execute(session);
            }

            session.Commit();
            return null;
        }
        catch (Exception exception)
        {
            // The boundary of the writer: a lost lease, or a defect in one request, must reach its caller and never end the loop.
            return exception;
        }
    }

    /// <summary>A request is to blame for the error, and not the disk or another process.</summary>
    private bool IsOfOneRequest(Exception error) => error is not DbException ofDatabase || failure.IsOfTheEntry(ofDatabase);
}
