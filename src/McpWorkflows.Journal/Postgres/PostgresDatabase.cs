using System.Data.Common;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Reading;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>A database on a server that processes of several machines share.</summary>
internal sealed class PostgresDatabase : Database, IAsyncDisposable
{
    /// <summary>How long the same reading may fail on a server that is there.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>How long somebody waits for a database of which it is known that it is away.</summary>
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource source;
    private readonly PostgresFailure failure;
    private readonly PostgresProbe probe;
    private readonly TimeProvider time;
    private readonly TimeSpan patience;
    private readonly CancellationTokenSource lifetime = new();

    public PostgresDatabase(PostgresAddress address, PostgresFailure failure, Owners owners, JournalOptions options)
        : base(failure, owners)
    {
        this.failure = failure;
        time = options.TimeProvider;
        patience = options.Patience;
        source = NpgsqlDataSource.Create(address.Connection);
        Outages = new OutageBoard(failure.Name, options.Report, options.TimeProvider);
        probe = new PostgresProbe(address.Connection, Outages, options.TimeProvider, lifetime.Token);
    }

    public NpgsqlDataSource Source => source;

    public OutageBoard Outages { get; }

    public override DbConnection CreateReader() => source.CreateConnection();

    public override DbContextOptions<JournalContext> ForModel() => JournalContext.Over(new DbContextOptionsBuilder<JournalContext>().UseNpgsql(source));

    /// <summary>Asks; a database that says nothing for some seconds is looked at, and one that is away is told of.</summary>
    public override async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> askAsync, CancellationToken cancellationToken)
    {
        // Not linked: what a dying connection throws when it is told must not reach whoever cancels.
        var giveUp = new CancellationTokenSource();
        var byCaller = cancellationToken.UnsafeRegister(GiveUp, giveUp);
        var byEnd = lifetime.Token.UnsafeRegister(GiveUp, giveUp);
        var asked = askAsync(giveUp.Token);
        try
        {
            while (!await IsOverAsync(asked, probe.IsAway ? Brief : patience, giveUp.Token).ConfigureAwait(false))
            {
                if (await probe.LookAsync().WaitAsync(giveUp.Token).ConfigureAwait(false) is not { } problem)
                {
                    continue;
                }

                // Not waited for: a connection that hangs may take long to notice that nobody listens any more.
                _ = giveUp.CancelAsync();
                await IsOverAsync(asked, Brief, CancellationToken.None).ConfigureAwait(false);
                if (!asked.IsCompletedSuccessfully)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    lifetime.Token.ThrowIfCancellationRequested();
                    probe.Away(problem);
                    throw failure.Away(problem);
                }
            }

            return await asked.ConfigureAwait(false);
        }
        finally
        {
            _ = asked.ContinueWith(
                ended =>
                {
                    _ = ended.Exception;
                    byCaller.Dispose();
                    byEnd.Dispose();
                    giveUp.Dispose();
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    public override Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> readAsync, CancellationToken cancellationToken) =>
        AskAsync(cancellation => ReadUntilThereAsync(readAsync, cancellation), cancellationToken);

    public override async Task<(long Used, long File)> SizeAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            $"SELECT COALESCE(SUM(pg_total_relation_size(to_regclass(name))), 0)::bigint FROM unnest(string_to_array('{string.Join(',', PostgresSchema.Tables)}', ',')) AS name");
        var size = (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        return (size, size);
    }

    public override async Task CompactAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"VACUUM (FULL, ANALYZE) {string.Join(", ", PostgresSchema.TablesOfRuns)}");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        // A connection that is just dying throws when it is told; all are told, and closed next.
        await lifetime.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await source.DisposeAsync().ConfigureAwait(false);
        lifetime.Dispose();
    }

    private static void GiveUp(object? source) => _ = ((CancellationTokenSource)source!).CancelAsync();

    /// <summary>False when the time is up first.</summary>
    private async Task<bool> IsOverAsync(Task asked, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (asked.IsCompleted)
        {
            return true;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(asked, Task.Delay(atMost, time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return asked.IsCompleted;
    }

    /// <summary>Reads again and again while the database is away.</summary>
    private async Task<T> ReadUntilThereAsync<T>(Func<CancellationToken, Task<T>> readAsync, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                return await readAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (PostgresFailure.IsOutage(exception) || PostgresFailure.IsConflict(exception))
            {
                if (time.GetElapsedTime(began) > Longest)
                {
                    throw failure.From(exception);
                }

                // What else is pooled is likely as dead.
                source.Clear();
            }
            catch (DbException exception)
            {
                throw failure.From(exception);
            }

            await Task.Delay(backoff.Next(), time, cancellationToken).ConfigureAwait(false);
        }
    }
}
