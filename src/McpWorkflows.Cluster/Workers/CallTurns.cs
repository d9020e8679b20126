using McpWorkflows.Cluster.Broker;
using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Cluster.Workers;

/// <summary>Takes each call that has a place to its end, and the next one to its place.</summary>
internal sealed class CallTurns(WorkerOptions options, IDispatchLedger ledger, CallTable table, CallRunner runner, CancellationToken end)
{
    /// <summary>With a call that was claimed more often several workers died: it gets the next one for itself, and ends no others with it.</summary>
    private const int SuspectAfter = 2;

    private volatile bool _isSilent;

    /// <summary>Gives free places to calls that wait.</summary>
    public void Start()
    {
        while (table.StartNext() is { } call)
        {
            _ = Task.Run(() => WorkAsync(call), CancellationToken.None);
        }
    }

    /// <summary>Nobody wants its outcome.</summary>
    public void Withdraw(CallTicket ticket)
    {
        try
        {
            table.Find(ticket)?.Withdraw();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    /// <summary>Says nothing more to anybody, as a process that was killed.</summary>
    public void Silence() => _isSilent = true;

    /// <summary>The call goes to another worker.</summary>
    public Task GiveBackAsync(WorkerCall call) => EndAsync(call, CallEnd.GiveBack);

    /// <summary>Waits for something of which others find out by themselves.</summary>
    public static async Task IgnoreAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception failure) when (BrokerFaults.Is(failure) || failure is JournalException)
        {
            // The broker by the end of the connection, the ledger by missing beats.
        }
    }

    private async Task WorkAsync(WorkerCall call)
    {
        var result = CallEnd.GiveBack;
        try
        {
            result = await TryAsync(call).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (call.Token.IsCancellationRequested)
        {
            result = call.IsWithdrawn ? CallEnd.Over : CallEnd.GiveBack;
        }
        // The boundary of the worker: one call that cannot be taken must not stop the others.
        catch (Exception failure) when (!_isSilent)
        {
            options.OnNotice($"A call of run {call.Ticket.RunId} could not be taken ({failure.GetType().Name}: {failure.Message}); another worker may have it.");
        }
        catch (Exception)
        {
            // Silence is what was asked for.
        }

        if (result == CallEnd.LookAgain && !table.IsClosed)
        {
            Leave();
            await Task.Delay(options.Pace, options.Time, CancellationToken.None).ConfigureAwait(false);
            if (table.TryPark(call))
            {
                Start();
                return;
            }

            await EndAsync(call, CallEnd.GiveBack).ConfigureAwait(false);
            Start();
            return;
        }

        await EndAsync(call, result).ConfigureAwait(false);
        Leave();
    }

    private async Task<CallEnd> TryAsync(WorkerCall call)
    {
        var claim = await ledger.ClaimAsync(call.Ticket, options.Card.Name, call.Token).ConfigureAwait(false);
        switch (claim.Kind)
        {
            case CallClaimKind.Taken when claim.Claims > Topology.DeliveryLimit:
                return CallEnd.Dead;
            case CallClaimKind.Taken when claim.Claims > SuspectAfter && !table.IsAlone(call):
                await ledger.ReleaseAsync(call.Ticket, options.Card.Name, call.Token).ConfigureAwait(false);
                return CallEnd.LookAgain;
            case CallClaimKind.Taken:
                call.Done(await runner.RunAsync(call, claim, end).ConfigureAwait(false));
                return CallEnd.Over;
            case CallClaimKind.Held:
                table.Free(call);
                return CallEnd.LookAgain;
            default:
                // Whoever sent the message again may not know yet.
                call.Done(null);
                return CallEnd.Over;
        }
    }

    private async Task EndAsync(WorkerCall call, CallEnd result)
    {
        table.Remove(call);
        if (_isSilent)
        {
            return;
        }

        if (result != CallEnd.Over)
        {
            using var patience = new CancellationTokenSource(options.Lifetime, options.Time);
            await IgnoreAsync(ledger.ReleaseAsync(call.Ticket, options.Card.Name, patience.Token)).ConfigureAwait(false);
        }

        await call.SettleAsync(result).ConfigureAwait(false);
        call.Dispose();
    }

    private void Leave()
    {
        table.Leave();
        Start();
    }
}

/// <summary>What becomes of a call that a worker had.</summary>
internal enum CallEnd
{
    Over,
    GiveBack,
    LookAgain,

    /// <summary>It goes to the dead letters: too many workers died with it.</summary>
    Dead,
}
