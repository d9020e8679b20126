using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Texts;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace McpWorkflows.Journal.Reading;

/// <summary>
/// Reads of the journal, each on a pooled connection of its own. The model is built by the first query that needs it,
/// never by a run that only writes.
/// </summary>
internal sealed class JournalReader(Connections connections, OwnerLock owners, JournalFailure failure)
{
    private readonly Lazy<DbContextOptions<JournalContext>> options = new(() => JournalContext.OptionsFor(connections.ForReading));

    public Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) => ReadAsync(
        async context =>
        {
            var row = await context.Runs.FirstOrDefaultAsync(run => run.Id == runId, cancellationToken).ConfigureAwait(false);
            return row?.ToRecord(owners);
        });

    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(int limit, CancellationToken cancellationToken) => ReadAsync<IReadOnlyList<RunRecord>>(
        async context =>
        {
            var rows = await context.Runs
                .OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Key)
                .Take(limit)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            return rows.ConvertAll(row => row.ToRecord(owners));
        });

    public Task<IReadOnlyList<SettledItem>> ReadSettledAsync(string runId, CancellationToken cancellationToken) => ReadAsync<IReadOnlyList<SettledItem>>(
        async context =>
        {
            var rows = await (
                from run in context.Runs
                join outcome in context.Outcomes on run.Key equals outcome.RunKey
                where run.Id == runId && !outcome.Dropped
                orderby outcome.Sequence
                select outcome).ToListAsync(cancellationToken).ConfigureAwait(false);
            return rows.ConvertAll(row => row.ToRecord());
        });

    public Task<IReadOnlyList<CallRecord>> ReadCallsAsync(string runId, CancellationToken cancellationToken) => ReadAsync<IReadOnlyList<CallRecord>>(
        async context =>
        {
            // In this order no transaction is needed: an outcome is there from the moment its call reads as ended.
            var calls = await (
                from run in context.Runs
                join call in context.Calls on run.Key equals call.RunKey
                where run.Id == runId
                orderby call.Number
                select call).ToListAsync(cancellationToken).ConfigureAwait(false);
            var outcomes = new CallOutcomes(await (
                from run in context.Runs
                join outcome in context.Outcomes on run.Key equals outcome.RunKey
                where run.Id == runId && outcome.OutcomeJson != null
                orderby outcome.Key
                select outcome).ToListAsync(cancellationToken).ConfigureAwait(false));
            return calls.ConvertAll(call => call.ToRecord(outcomes.Of(call)));
        });

    public Task<IReadOnlyList<RunEvent>> ReadEventsAsync(string runId, long after, int limit, CancellationToken cancellationToken) => ReadAsync<IReadOnlyList<RunEvent>>(
        async context =>
        {
            var rows = await (
                from run in context.Runs
                join row in context.Events on run.Key equals row.RunKey
                where run.Id == runId && row.Sequence > after
                orderby row.Sequence
                select row).Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
            return rows.ConvertAll(row => row.ToRecord());
        });

    public Task<IReadOnlyDictionary<string, string>> ReadSnapshotsAsync(string runId, CancellationToken cancellationToken) => ReadAsync<IReadOnlyDictionary<string, string>>(
        async context =>
        {
            var rows = await (
                from run in context.Runs
                join snapshot in context.Snapshots on run.Key equals snapshot.RunKey
                where run.Id == runId
                select snapshot).ToListAsync(cancellationToken).ConfigureAwait(false);
            return rows.ToDictionary(row => StoredText.Decode(row.Name), row => StoredText.Decode(row.Text));
        });

    /// <summary>Polled by every process that runs anything, so it goes without the model.</summary>
    public async Task<IReadOnlyList<string>> ReadCancelRequestsAsync(string owner, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = new SqliteConnection(connections.ForReading);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT Id FROM Runs WHERE CancelRequested <> 0 AND LeaseOwner = @owner";
            command.Parameters.AddWithValue("@owner", owner);
            using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var ids = new List<string>();
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                ids.Add(rows.GetString(0));
            }

            return ids;
        }
        catch (SqliteException exception)
        {
            throw failure.From(exception);
        }
    }

    private async Task<T> ReadAsync<T>(Func<JournalContext, Task<T>> read)
    {
        try
        {
            using var context = new JournalContext(options.Value);
            return await read(context).ConfigureAwait(false);
        }
        catch (SqliteException exception)
        {
            throw failure.From(exception);
        }
    }
}
