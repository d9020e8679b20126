using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Messages;

namespace McpWorkflows.Cluster.Owners;

/// <summary>Sends the messages of calls, again and again until the broker has confirmed them.</summary>
internal sealed class CallPost(BrokerLink link, Func<string?> replyQueue)
{
    public async Task SendAsync(PendingCall call, CancellationToken cancellationToken)
    {
        var body = ClusterJson.Write(new CallMessage(call.Ticket));
        await link.DoAsync(
            async (session, patience) =>
            {
                if (await session.DeclareAsync(call.Need, patience).ConfigureAwait(false))
                {
                    await session.AnnounceAsync(new NewsMessage { Need = call.Need }, patience).ConfigureAwait(false);
                }

                try
                {
                    await session.PublishAsync(call.Need.Queue, body, replyQueue(), patience).ConfigureAwait(false);
                }
                catch (RabbitMQ.Client.Exceptions.PublishException)
                {
                    // The queue is gone, or would not have it.
                    session.Forget(call.Need);
                    throw;
                }
            },
            cancellationToken).ConfigureAwait(false);
        call.IsPublished = true;
    }
}
