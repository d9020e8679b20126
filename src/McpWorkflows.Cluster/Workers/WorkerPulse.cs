using McpWorkflows.Engine.Dispatch;

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
                await BeatAsync(cancellationToken).ConfigureAwait(false);
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
}
