using System.Data.Common;
using System.Diagnostics;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Reading;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>A database on a server that processes of several machines share.</summary>
internal sealed class PostgresDatabase(NpgsqlDataSource source, JournalFailure failure, Owners owners, TimeProvider timeProvider)
    : Database(failure, owners), IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource lifetime = new();

    public NpgsqlDataSource Source => source;

    public override DbConnection CreateReader() => source.CreateConnection();

    public override DbContextOptions<JournalContext> ForModel() => JournalContext.Over(new DbContextOptionsBuilder<JournalContext>().UseNpgsql(source));

    /// <summary>While the database is away, reads again for half a minute.</summary>
    public override async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> readAsync, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.Token);
        var began = Stopwatch.GetTimestamp();
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                return await readAsync(either.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (PostgresFailure.IsOutage(exception) || PostgresFailure.IsConflict(exception))
            {
                if (Stopwatch.GetElapsedTime(began) > Patience)
                {
                    throw Failure.From(exception);
                }

                // What else is pooled is likely as dead.
                source.Clear();
            }
            catch (DbException exception)
            {
                throw Failure.From(exception);
            }

            await Task.Delay(backoff.Next(), timeProvider, either.Token).ConfigureAwait(false);
        }
    }

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
        await lifetime.CancelAsync().ConfigureAwait(false);
        await source.DisposeAsync().ConfigureAwait(false);
        lifetime.Dispose();
    }
}
