using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Writing;

/// <summary>
/// The one writer of a process. It takes whatever is queued into one transaction, commits, and only then completes the
/// requests: what arrives during a commit shares the next one, and nothing waits for company.
/// </summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    /// <summary>Bounds a transaction, and with it the time a first request in it can wait for the last.</summary>
    private const int MaxBatch = 1_024;

    private readonly Channel<WriteRequest> queue = Channel.CreateUnbounded<WriteRequest>(new() { SingleReader = true });
    private readonly WriteSession session;
    private readonly JournalFailure failure;
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

    public Task<T> WriteAsync<T>(Func<WriteSession, T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var request = new WriteRequest<T>(work, cancellationToken);
        ObjectDisposedException.ThrowIf(!queue.Writer.TryWrite(request), this);
        return request.Task;
    }

    /// <summary>Writes what is queued, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop.ConfigureAwait(false);
        session.Dispose();
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
                Write(batch);
                batch.Clear();
            }
        }
    }

    private void Write(List<WriteRequest> batch)
    {
        var (error, ofOneRequest) = TryCommit(batch);
        if (error is null)
        {
            batch.ForEach(static request => request.Complete());
        }
        else if (ofOneRequest && batch.Count > 1)
        {
            // Nothing of the one at fault may be written, and all of the others. Rare enough to do it again one by one.
            batch.ForEach(request => Write([request]));
        }
        else
        {
            batch.ForEach(request => request.Fail(error));
        }
    }

    /// <summary>The error, and whether a request is to blame for it and not the disk or another process.</summary>
    private (Exception? Error, bool OfOneRequest) TryCommit(List<WriteRequest> batch)
    {
        var began = CommitInstruments.Begin();
        try
        {
            session.Begin();
            foreach (var request in batch)
            {
                request.Execute(session);
            }

            session.Commit();
            Interlocked.Increment(ref commits);
            CommitInstruments.Committed(began, batch.Count);
            return default;
        }
        catch (SqliteException exception)
        {
            session.Rollback();
            CommitInstruments.Failed(exception);
            return (failure.From(exception), JournalFailure.IsOfTheEntry(exception));
        }
        catch (Exception exception)
        {
            // The boundary of the writer: a lost lease, or a defect in one request, must reach its caller and never end the loop.
            session.Rollback();
            CommitInstruments.Failed(exception);
            return (exception, true);
        }
    }
}
