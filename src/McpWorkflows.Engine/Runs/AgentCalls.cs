using System.Threading.Channels;
using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Telemetry;

namespace McpWorkflows.Engine.Runs;

/// <summary>Takes a run's live calls through the gate and the host; ends come to the mailbox.</summary>
internal sealed class AgentCalls(
    IAgentHost host, GateLane lane, QuotaWalls walls, LiveActivity activity, ChannelWriter<RunMessage> mailbox, TimeProvider time)
{
    private readonly CancellationTokenSource _closed = new();

    /// <summary>Null when nobody traces the run.</summary>
    public RunTracing? Tracing { get; set; }

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
            while (await TryAsync(item, request, live, cancellationToken).ConfigureAwait(false) is { } wall)
            {
                await wall.Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
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

    /// <summary>Takes the call to its end, or to the wall that it stands before.</summary>
    private async Task<QuotaWall?> TryAsync(PendingItem item, AgentRequest request, LiveAgent live, CancellationToken cancellationToken)
    {
        var hostLane = LaneOf(request);
        var model = hostLane ?? request.Options.Model ?? request.DefaultModel;
        if (walls.Find(model) is { } standing)
            return Postpone(item, standing);

        var asked = time.GetTimestamp();
        using var slot = await EnterAsync(hostLane, asked, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        // Cancelling frees slots, and those who wait may get them before they hear of it.
        cancellationToken.ThrowIfCancellationRequested();
        if (_closed.IsCancellationRequested)
            return null;
        if (walls.Find(model) is { } closed)
            return Postpone(item, closed);

        activity.Admitted(live);
        mailbox.TryWrite(new CallAdmitted(item));
        var outcome = await TraceAsync(item, request with { Place = slot }, live, time.GetElapsedTime(asked), cancellationToken).ConfigureAwait(false);
        if (outcome is { Kind: AgentOutcomeKind.QuotaExhausted })
        {
            activity.Returned(live);
            return Postpone(item, walls.Close(model, outcome.RetryAt), outcome);
        }

        var ended = new CallEnded(item, outcome is not null && live.Steps is { } steps ? outcome with { Steps = steps } : outcome);
        mailbox.TryWrite(ended);
        // The slot is taken until the outcome is on disk, so that a crash never repeats more calls than were in flight.
        await ended.OnDisk.Task.WaitAsync(_closed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return null;
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

    private QuotaWall Postpone(PendingItem item, QuotaWall wall, AgentOutcome? spent = null)
    {
        mailbox.TryWrite(new CallPostponed(item, wall, spent));
        return wall;
    }

    private async Task<GateSlot> EnterAsync(string? hostLane, long asked, CancellationToken cancellationToken)
    {
        RunInstruments.Queued();
        try
        {
            return await lane.EnterAsync(hostLane, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            RunInstruments.Unqueued(time.GetElapsedTime(asked));
        }
    }

    private async Task<AgentOutcome?> TraceAsync(
        PendingItem item, AgentRequest request, LiveAgent live, TimeSpan queued, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        RunInstruments.AgentBegan();
        var span = Tracing?.StartAgent(request, queued);
        AgentOutcome? outcome = null;
        try
        {
            return outcome = await AskAsync(item, request, live, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            RunInstruments.AgentEnded(time.GetElapsedTime(began), outcome);
            Tracing?.EndAgent(span, request.Phase, outcome);
        }
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
