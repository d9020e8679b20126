using System.Threading.Channels;
using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Runs;

/// <summary>Takes a run's live calls through the gate and the host; ends come to the mailbox.</summary>
internal sealed class AgentCalls(IAgentHost host, GateLane lane, QuotaWalls walls, LiveActivity activity, ChannelWriter<RunMessage> mailbox)
{
    private readonly CancellationTokenSource _closed = new();
    private volatile TaskCompletionSource? _hold;
    private int _atWork;

    /// <summary>
    /// Calls that the host has been asked to run and whose outcome is not in the mailbox yet. After <see cref="Hold"/> it only
    /// falls, and the mailbox is told.
    /// </summary>
    public int AtWork => Volatile.Read(ref _atWork);

    /// <summary>From now on no call starts.</summary>
    public void Hold() => _hold ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Calls start again.</summary>
    public void Continue()
    {
        var hold = _hold;
        _hold = null;
        hold?.SetResult();
    }

    /// <summary>Queues the call before it returns, so that calls pass the gate in the order of starting.</summary>
    public void Start(PendingItem item, AgentRequest request)
    {
        item.Cancellation = new CancellationTokenSource();
        _ = RunAsync(item, request, activity.Queued(request), item.Cancellation.Token);
    }

    /// <summary>Ends one call; the script sees what a skipped call gives.</summary>
    public static void Skip(PendingItem item)
    {
        item.Skipped = true;
        // The host's callbacks run elsewhere: they must neither hold up the run nor break it.
        _ = item.Cancellation!.CancelAsync();
    }

    /// <summary>Ends the attempt of a call at work, which then begins again.</summary>
    public static void Restart(PendingItem item) => item.EndAttempt?.Invoke();

    /// <summary>Cancels what is queued and in flight; no call starts any more.</summary>
    public async Task CloseAsync(IEnumerable<PendingItem> inFlight)
    {
        await _closed.CancelAsync().ConfigureAwait(false);
        foreach (var item in inFlight)
        {
            try
            {
                await item.Cancellation!.CancelAsync().ConfigureAwait(false);
            }
            catch (AggregateException)
            {
                // A callback of the host threw; the call is cancelled all the same.
            }
        }
    }

    private async Task RunAsync(PendingItem item, AgentRequest request, LiveAgent live, CancellationToken cancellationToken)
    {
        try
        {
            while (await TryAsync(item, request, live, cancellationToken).ConfigureAwait(false) is { } opened)
            {
                await opened.WaitAsync(cancellationToken).ConfigureAwait(false);
                mailbox.TryWrite(new CallRequeued(item));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            mailbox.TryWrite(new CallEnded(item, Cancelled(item)));
        }
        finally
        {
            activity.Ended(request.CallNumber);
        }
    }

    /// <summary>Takes the call to its end, or to what it has to wait for before it is tried again.</summary>
    private async Task<Task?> TryAsync(PendingItem item, AgentRequest request, LiveAgent live, CancellationToken cancellationToken)
    {
        var hostLane = LaneOf(request);
        var model = hostLane ?? request.Options.Model ?? request.DefaultModel;
        if (_hold is { } before)
            return before.Task;
        if (walls.Find(model) is { } standing)
            return Postpone(item, standing);

        using var slot = await lane.EnterAsync(hostLane, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        // Cancelling frees slots, and those who wait may get them before they hear of it.
        cancellationToken.ThrowIfCancellationRequested();
        if (_closed.IsCancellationRequested)
            return null;
        if (walls.Find(model) is { } closed)
            return Postpone(item, closed);

        var ended = await WorkAsync(item, request with { Place = slot }, slot, live, model, cancellationToken).ConfigureAwait(false);
        if (ended.Before is not null || ended.Message is null)
            return ended.Before;

        // The slot is taken until the outcome is on disk, so that a crash never repeats more calls than were in flight.
        await ended.Message.OnDisk.Task.WaitAsync(_closed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return null;
    }

    /// <summary>Has the host run the call; tells its end, or what has to be before it can be tried again.</summary>
    private async Task<(CallEnded? Message, Task? Before)> WorkAsync(
        PendingItem item, AgentRequest request, GateSlot slot, LiveAgent live, string? model, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _atWork);
        try
        {
            while (true)
            {
                // Counted first, so that whoever holds the calls and then finds none at work will not see one begin.
                if (_hold is { } hold)
                    return (null, hold.Task);

                activity.Admitted(live);
                mailbox.TryWrite(new CallAdmitted(item));
                var (outcome, isRestart) = await AttemptAsync(item, request, live, cancellationToken).ConfigureAwait(false);
                if (isRestart)
                {
                    activity.Returned(live);
                    mailbox.TryWrite(new CallRestarted(item));
                    await slot.ComeBackAsync(cancellationToken).ConfigureAwait(false);
                    continue;
                }

                if (outcome is { Kind: AgentOutcomeKind.QuotaExhausted })
                {
                    activity.Returned(live);
                    return (null, Postpone(item, walls.Close(model, outcome.RetryAt), outcome));
                }

                var ended = new CallEnded(item, outcome is not null && live.Steps is { } steps ? outcome with { Steps = steps } : outcome);
                mailbox.TryWrite(ended);
                return (ended, null);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _atWork);
            if (_hold is not null)
                mailbox.TryWrite(Woken.Message);
        }
    }

    private async Task<(AgentOutcome? Outcome, bool IsRestart)> AttemptAsync(
        PendingItem item, AgentRequest request, LiveAgent live, CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Never after the attempt is over and its source gone: both sides hold the lock.
        var over = new Lock();
        var isOver = false;
        item.EndAttempt = () =>
        {
            lock (over)
            {
                if (!isOver)
                    _ = attempt.CancelAsync();
            }
        };
        var outcome = await AskAsync(item, request, live, attempt.Token).ConfigureAwait(false);
        lock (over)
            isOver = true;
        return (outcome, outcome is null && attempt.IsCancellationRequested && !cancellationToken.IsCancellationRequested);
    }

    private string? LaneOf(AgentRequest request)
    {
        try
        {
            return host.LaneOf(request);
        }
        catch (Exception) // A host that breaks its contract: the call itself will tell.
        {
            return null;
        }
    }

    private Task Postpone(PendingItem item, QuotaWall wall, AgentOutcome? spent = null)
    {
        mailbox.TryWrite(new CallPostponed(item, wall, spent));
        return wall.Opened;
    }

    private async Task<AgentOutcome?> AskAsync(PendingItem item, AgentRequest request, LiveAgent live, CancellationToken cancellationToken)
    {
        try
        {
            return await host.RunAsync(request, live, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Cancelled(item);
        }
        catch (Exception failure) // A host that breaks its contract fails one call, not the run.
        {
            return EndedAs(AgentOutcomeKind.Failed, $"The agent host broke down: {failure.Message}");
        }
    }

    private static AgentOutcome? Cancelled(PendingItem item) =>
        item.Skipped ? EndedAs(AgentOutcomeKind.Skipped, "Skipped by a person.") : null;

    private static AgentOutcome EndedAs(AgentOutcomeKind kind, string cause) => new() { Kind = kind, Failure = new AgentFailure(cause) };
}
