using System.Threading.Channels;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Runs;

/// <summary>Takes a run's live calls through the gate and the host; ends come to the mailbox.</summary>
internal sealed class AgentCalls(IAgentHost host, GateLane lane, ChannelWriter<RunMessage> mailbox)
{
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>Queues the call before it returns, so that calls pass the gate in the order of starting.</summary>
    public void Start(PendingItem item, AgentRequest request) => _ = RunAsync(item, request, _cancellation.Token);

    /// <summary>Cancels what is queued and in flight.</summary>
    public Task CancelAsync() => _cancellation.CancelAsync();

    private async Task RunAsync(PendingItem item, AgentRequest request, CancellationToken cancellationToken)
    {
        AgentOutcome? outcome;
        try
        {
            // The slot is free again before the outcome is committed, so that the next call starts at once.
            using var slot = await lane.EnterAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            // Cancelling frees slots, and those who wait may get them before they hear of it.
            cancellationToken.ThrowIfCancellationRequested();
            mailbox.TryWrite(new CallAdmitted(item));
            outcome = await host.RunAsync(request, SilentProgress.Instance, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = null;
        }
        catch (Exception failure) // A host that breaks its contract fails one call, not the run.
        {
            outcome = new AgentOutcome
            {
                Kind = AgentOutcomeKind.Failed,
                Failure = new AgentFailure($"The agent host broke down: {failure.Message}"),
            };
        }

        mailbox.TryWrite(new CallEnded(item, outcome));
    }

    private sealed class SilentProgress : IProgress<AgentProgress>
    {
        public static SilentProgress Instance { get; } = new();

        public void Report(AgentProgress value)
        {
        }
    }
}
