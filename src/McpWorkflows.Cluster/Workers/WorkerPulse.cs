using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Cluster.Workers;

/// <summary>The worker's signs of life, by whose answers it learns which of its calls nobody wants any more.</summary>
internal sealed class WorkerPulse(WorkerOptions options, IDispatchLedger ledger, CallTable table, CallTurns turns)
{
    /// <summary>Beats until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Lifetime / 3, options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                await TryBeatAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        foreach (var ticket in await ledger.BeatAsync(options.Card, options.Lifetime, table.Tickets, cancellationToken).ConfigureAwait(false))
        {
            turns.Withdraw(ticket);
        }
    }

    private async Task TryBeatAsync(CancellationToken cancellationToken)
    {
        try
        {
            await BeatAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (JournalException failure)
        {
            // A worker that gave up now would be taken for dead as long as it lives.
            options.OnNotice($"The journal did not take this worker's sign of life ({failure.Message}); tried again.");
        }
    }
}
