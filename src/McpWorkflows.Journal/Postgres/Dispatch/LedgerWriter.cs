using System.Threading.Channels;
using McpWorkflows.Engine.Journal;
using Npgsql;

namespace McpWorkflows.Journal.Postgres.Dispatch;

/// <summary>
/// Sends whatever requests are queued in one round trip and one transaction, and completes them after its commit: what arrives
/// meanwhile shares the next one. While the database cannot be reached it tries again and again; nothing is refused for that.
/// </summary>
internal sealed class LedgerWriter : IAsyncDisposable
{
    private const int MaxBatch = 256;

    private const int TimeoutSeconds = 10;

    private readonly Channel<LedgerRequest> queue = Channel.CreateUnbounded<LedgerRequest>(new() { SingleReader = true });
    private readonly CancellationTokenSource lifetime = new();
    private readonly NpgsqlDataSource dataSource;
    private readonly TimeProvider time;
    private readonly OutageBoard? outages;
    private readonly Task loop;
    private long commits;

    public LedgerWriter(NpgsqlDataSource dataSource, TimeProvider time, OutageBoard? outages)
    {
        this.dataSource = dataSource;
        this.time = time;
        this.outages = outages;
        loop = Task.Run(RunAsync);
    }

    /// <summary>Transactions so far.</summary>
    public long Commits => Volatile.Read(ref commits);

    public async Task<T> WriteAsync<T>(LedgerRequest<T> request)
    {
        request.CancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(!queue.Writer.TryWrite(request), this);
        using var registration = request.CancellationToken.UnsafeRegister(static request => ((LedgerRequest)request!).Cancel(), request);
        return await request.Task.ConfigureAwait(false);
    }

    /// <summary>Ends at once, with what is queued.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        // A connection that is just dying throws when it is told.
        await lifetime.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await loop.ConfigureAwait(false);
        while (queue.Reader.TryRead(out var request))
        {
            request.Fail(new ObjectDisposedException(nameof(LedgerWriter)));
        }

        lifetime.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<LedgerRequest>();
        try
        {
            while (await queue.Reader.WaitToReadAsync(lifetime.Token).ConfigureAwait(false))
            {
                while (batch.Count < MaxBatch && queue.Reader.TryRead(out var request))
                {
                    batch.Add(request);
                }

                await WriteAsync(batch).ConfigureAwait(false);
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (lifetime.IsCancellationRequested)
        {
            batch.ForEach(static request => request.Fail(new ObjectDisposedException(nameof(LedgerWriter))));
        }
    }

    private async Task WriteAsync(List<LedgerRequest> batch)
    {
        var backoff = new Backoff();
        for (var outage = false; ;)
        {
            batch.RemoveAll(static request => request.CancellationToken.IsCancellationRequested);
            if (batch.Count == 0)
            {
                return;
            }

            try
            {
                await CommitAsync(batch).ConfigureAwait(false);
                outages?.Back(OutageWitness.Ledger);
                batch.ForEach(static request => request.Complete());
                return;
            }
            catch (Exception exception) when (PostgresFailure.IsConflict(exception))
            {
                // The next attempt finds the other transaction at its end.
            }
            catch (Exception exception) when (PostgresFailure.IsOutage(exception))
            {
                // What else is pooled is likely as dead, and that says little about the server.
                dataSource.Clear();
                if (outage)
                {
                    outages?.Lost(OutageWitness.Ledger, PostgresFailure.CauseOf(exception));
                }

                outage = true;
                await Task.Delay(backoff.Next(), time, lifetime.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The boundary of the writer: whatever is wrong with one request must reach its caller and never end the loop.
                await FailAsync(batch, exception).ConfigureAwait(false);
                return;
            }
        }
    }

    /// <summary>Only the one at fault fails. Rare enough to do the others again one by one.</summary>
    private async Task FailAsync(List<LedgerRequest> batch, Exception exception)
    {
        if (batch is [var guilty])
        {
            guilty.Fail(new JournalException($"The record of calls handed to workers could not be written: {exception.Message}", exception));
            return;
        }

        foreach (var request in batch)
        {
            await WriteAsync([request]).ConfigureAwait(false);
        }
    }

    private async Task CommitAsync(List<LedgerRequest> all)
    {
        var requests = all.OrderBy(static request => request.Place, StringComparer.Ordinal).ToArray();
        var connection = await dataSource.OpenConnectionAsync(lifetime.Token).ConfigureAwait(false);
        await using var opened = connection.ConfigureAwait(false);
        var batch = new NpgsqlBatch(connection) { Timeout = TimeoutSeconds };
        await using var disposing = batch.ConfigureAwait(false);
        foreach (var (sql, values) in requests.SelectMany(static request => request.Statements))
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            batch.BatchCommands.Add(command);
        }

        var reader = await batch.ExecuteReaderAsync(lifetime.Token).ConfigureAwait(false);
        await using var reading = reader.ConfigureAwait(false);
        foreach (var request in requests)
        {
            await request.ReadAsync(reader).ConfigureAwait(false);

            // After the last one it returns when the server has committed.
            await reader.NextResultAsync(lifetime.Token).ConfigureAwait(false);
        }

        Interlocked.Increment(ref commits);
    }
}
