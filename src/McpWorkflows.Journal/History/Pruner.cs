using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Reading;
using McpWorkflows.Journal.Texts;
using McpWorkflows.Journal.Writing;
using Microsoft.EntityFrameworkCore;

namespace McpWorkflows.Journal.History;

/// <summary>Deletes old runs, a few to a transaction, so that those who write wait for moments only.</summary>
internal sealed class Pruner(Database database, JournalWriter writer)
{
    /// <summary>Runs to a transaction. A run of a thousand calls takes some 10 ms to delete.</summary>
    private const int Batch = 10;

    public async Task<PruneReport> PruneAsync(PruneRequest request, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(cancellation => FindAsync(request, cancellation), cancellationToken).ConfigureAwait(false);
        var before = await SizeAsync(cancellationToken).ConfigureAwait(false);
        if (request.DryRun)
        {
            var all = await writer.WriteAsync(
                session => found.Where(runId => Deletable(session, runId, request) is not null).ToList(), cancellationToken).ConfigureAwait(false);
            return new PruneReport(all, 0, before.File);
        }

        var deleted = new List<string>();
        foreach (var batch in found.Chunk(Batch))
        {
            deleted.AddRange(await writer.WriteAsync(
                session => batch.Where(runId => TryDelete(session, runId, request)).ToList(), cancellationToken).ConfigureAwait(false));
        }

        var freed = before.Used - (await SizeAsync(cancellationToken).ConfigureAwait(false)).Used;
        if (request.Compact)
        {
            await database.ReadAsync(
                async cancellation =>
                {
                    await database.CompactAsync(cancellation).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }

        return new PruneReport(deleted, Math.Max(0, freed), (await SizeAsync(cancellationToken).ConfigureAwait(false)).File);
    }

    private Task<(long Used, long File)> SizeAsync(CancellationToken cancellationToken) => database.ReadAsync(database.SizeAsync, cancellationToken);

    private async Task<List<string>> FindAsync(PruneRequest request, CancellationToken cancellationToken)
    {
        var before = request.Before?.UtcTicks ?? long.MaxValue;
        var states = States(request).Select(Names.Of).ToList();
        using var context = new JournalContext(database.ForModel());
        return await context.Runs
            .OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Key)
            .Skip(request.Keep ?? 0)
            .Where(run => states.Contains(run.State) && (run.EndedAt ?? run.CreatedAt) < before)
            .OrderBy(run => run.CreatedAt).ThenBy(run => run.Key)
            .Select(run => run.Id)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A run whose owner died is stored as running.</summary>
    private static IEnumerable<RunState> States(PruneRequest request) =>
        Enum.GetValues<RunState>().Where(state => state.HasEnded() || (request.Interrupted && state is RunState.Interrupted or RunState.Running));

    private bool TryDelete(WriteSession session, string runId, PruneRequest request)
    {
        if (Deletable(session, runId, request) is not { } run)
        {
            return false;
        }

        session.Runs.Delete(run);
        session.Ended(runId);
        return true;
    }

    /// <summary>The run's key; null when it is at work, or somebody has gone on with it since it was found.</summary>
    private long? Deletable(WriteSession session, string runId, PruneRequest request) =>
        session.Runs.Find(runId) is { } lease && !lease.IsHeld(database.Owners)
        && (lease.State.HasEnded() || (request.Interrupted && lease.Observed(database.Owners) == RunState.Interrupted))
            ? lease.RunKey
            : null;
}
