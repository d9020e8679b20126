using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace McpWorkflows.Journal.Reading;

/// <summary>
/// What lists, status pages and reports read. The model is built by the first of these queries, never by a run that
/// nobody looks at.
/// </summary>
internal sealed class DisplayReader(Connections connections, OwnerLock owners, JournalFailure failure)
{
    private readonly Lazy<DbContextOptions<JournalContext>> options = new(() => JournalContext.OptionsFor(connections.ForReading));

    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(int limit, CancellationToken cancellationToken) => ReadAsync<IReadOnlyList<RunRecord>>(
        async context =>
        {
            var rows = await context.Runs
                .OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Key)
                .Take(limit)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            return rows.ConvertAll(row => row.ToRecord(owners));
        });

    public Task<IReadOnlyList<CallRecord>> ReadCallsAsync(string runId, CancellationToken cancellationToken) => ReadAsync<IReadOnlyList<CallRecord>>(
        async context =>
        {
            var run = await KeyAsync(context, runId, cancellationToken).ConfigureAwait(false);
            var rows = await (
                from call in context.Calls.Where(call => call.RunKey == run)
                join outcome in context.Outcomes.Where(outcome => outcome.Kind == nameof(ItemKind.Agent))
                    on new { call.RunKey, call.Hash, call.Ordinal } equals new { outcome.RunKey, outcome.Hash, outcome.Ordinal } into outcomes
                from outcome in outcomes.DefaultIfEmpty()
                orderby call.Number
                select new { call, outcome }).ToListAsync(cancellationToken).ConfigureAwait(false);
            return rows.ConvertAll(row => row.call.ToRecord(row.outcome));
        });

    public Task<IReadOnlyList<RunEvent>> ReadEventsAsync(string runId, long after, int limit, CancellationToken cancellationToken) => ReadAsync<IReadOnlyList<RunEvent>>(
        async context =>
        {
            var run = await KeyAsync(context, runId, cancellationToken).ConfigureAwait(false);
            var rows = await context.Events
                .Where(row => row.RunKey == run && row.Sequence > after)
                .OrderBy(row => row.Sequence)
                .Take(limit)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            return rows.ConvertAll(row => row.ToRecord());
        });

    private static async Task<long> KeyAsync(JournalContext context, string runId, CancellationToken cancellationToken) =>
        await context.Runs.Where(run => run.Id == runId).Select(run => (long?)run.Key).SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false)
        ?? throw JournalFailure.UnknownRun(runId);

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
