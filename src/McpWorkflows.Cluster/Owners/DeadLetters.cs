using System.Text;
using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Messages;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;
using RabbitMQ.Client.Events;

namespace McpWorkflows.Cluster.Owners;

/// <summary>
/// Deals with messages that were delivered too often. Whether workers died with the call or the broker was started again is for the
/// ledger to say: a call that too many workers had becomes a failure, any other goes to its queue again.
/// </summary>
internal sealed class DeadLetters(IDispatchLedger ledger, TimeProvider time, Action<string> notify)
{
    /// <summary>A name that no living worker has.</summary>
    private const string Nobody = "dead-letters";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The failure of a call that ends those who take it.</summary>
    private static string Failure(int deaths) => ClusterJson.Write(new AgentOutcome
    {
        Kind = AgentOutcomeKind.Failed,
        Failure = new AgentFailure(
            $"{deaths} workers died with this call, so it is given to no other one. Look into the workers' logs, and into how much memory they have; then resume the run to try it again."),
    });

    public async Task HandleAsync(BrokerSession session, BasicDeliverEventArgs delivery, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            if (ClusterJson.ReadCall(body) is { Ticket: { RunId: not null, Key: not null } ticket })
            {
                await HandleAsync(session, delivery, ticket, body, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                notify($"A message that is none of this release's ({body.Length} bytes) was taken out of the queue {Topology.Dead}.");
            }

            await session.Channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (BrokerFaults.Is(failure))
        {
            // Another server gets it, or this one again.
        }
        // The boundary of a dead letter: one that is kept without an answer would keep the next ones out.
        catch (Exception failure)
        {
            notify($"A dead letter could not be dealt with ({failure.GetType().Name}: {failure.Message}); tried again.");
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await GiveBackAsync(session, delivery).ConfigureAwait(false);
        }
    }

    private static async Task GiveBackAsync(BrokerSession session, BasicDeliverEventArgs delivery)
    {
        try
        {
            await session.Channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (BrokerFaults.Is(failure))
        {
            // As above.
        }
    }

    private async Task HandleAsync(BrokerSession session, BasicDeliverEventArgs delivery, CallTicket ticket, byte[] body, CancellationToken cancellationToken)
    {
        var claim = await ledger.ClaimAsync(ticket, Nobody, cancellationToken).ConfigureAwait(false);
        for (; claim.Kind == CallClaimKind.Held; claim = await ledger.ClaimAsync(ticket, Nobody, cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        var deaths = claim.Claims - 1;
        var queue = delivery.BasicProperties.Headers?.TryGetValue("x-first-death-queue", out var name) is true && name is byte[] text ? Encoding.UTF8.GetString(text) : null;
        if (claim.Kind == CallClaimKind.Over)
        {
            return;
        }

        if (deaths >= Topology.DeliveryLimit || queue is null)
        {
            notify($"Call {ticket.Key.Hash[..Math.Min(12, ticket.Key.Hash.Length)]}/{ticket.Key.Ordinal} of run {ticket.RunId} was given up: {deaths} workers died with it.");
            await ledger.CompleteAsync(ticket, Failure(deaths), cancellationToken).ConfigureAwait(false);
            if (delivery.BasicProperties.ReplyTo is { Length: > 0 } waits)
            {
                await session.TellAsync(waits, new ReplyMessage { Done = [new CallDone(ticket, null)] }, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        await ledger.ReleaseAsync(ticket, Nobody, cancellationToken).ConfigureAwait(false);
        await session.PublishAsync(queue, body, delivery.BasicProperties.ReplyTo, cancellationToken).ConfigureAwait(false);
    }
}
