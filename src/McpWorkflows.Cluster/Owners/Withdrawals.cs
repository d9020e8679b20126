using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Messages;
using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Cluster.Owners;

/// <summary>Takes calls back that their runs want no more: in the ledger, and by word to their workers.</summary>
internal sealed class Withdrawals(IDispatchLedger ledger, BrokerLink link, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Where the database is away, the worker's outcome stays in the ledger until the run asks for it again or ends.</summary>
    public async Task WithdrawAsync(CallTicket ticket)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            // A run that was lost to another owner is lost with its calls: workers go on with them.
            if (await ledger.WithdrawAsync(ticket, patience.Token).ConfigureAwait(false))
            {
                await link.TryAsync(session => session.AnnounceAsync(new NewsMessage { Withdrawn = ticket }, patience.Token).AsTask()).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException or JournalException)
        {
            // The worker hears of it with a later beat, or works in vain.
        }
    }
}
