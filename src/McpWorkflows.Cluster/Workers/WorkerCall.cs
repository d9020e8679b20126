using McpWorkflows.Cluster.Broker;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;

namespace McpWorkflows.Cluster.Workers;

/// <summary>A call that messages brought to this worker; all of its messages are acknowledged at its end.</summary>
internal sealed class WorkerCall(CallTicket ticket, Reporter reporter, CancellationToken stop) : IProgress<AgentProgress>, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<CallDelivery> _deliveries = [];
    private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private string? _owner;

    public CallTicket Ticket => ticket;

    public CancellationToken Token => _cancellation.Token;

    /// <summary>Nobody wants its outcome.</summary>
    public bool IsWithdrawn { get; private set; }

    /// <summary>The broker will not deliver it again by itself while one of its messages is with a connection that lives.</summary>
    public bool IsDelivered
    {
        get
        {
            lock (_lock)
            {
                return _deliveries.Exists(static delivery => !delivery.Session.Closed.IsCompleted);
            }
        }
    }

    public void Deliver(CallDelivery delivery)
    {
        lock (_lock)
        {
            _deliveries.Add(delivery);
            _owner = delivery.ReplyTo ?? _owner;
        }
    }

    public void Report(AgentProgress value)
    {
        if (_owner is { Length: > 0 } owner)
        {
            reporter.Report(owner, ticket, value);
        }
    }

    public void Done(string? outcomeJson)
    {
        if (_owner is { Length: > 0 } owner)
        {
            reporter.Done(owner, ticket, outcomeJson);
        }
    }

    public void Withdraw()
    {
        IsWithdrawn = true;
        _ = _cancellation.CancelAsync();
    }

    /// <summary>Acknowledges its messages, gives them back to the queue, or sends them to the dead letters.</summary>
    public async Task SettleAsync(CallEnd end)
    {
        CallDelivery[] deliveries;
        lock (_lock)
        {
            deliveries = [.. _deliveries.Where(static delivery => !delivery.Session.Closed.IsCompleted)];
            _deliveries.Clear();
        }

        foreach (var (session, tag, _, consumer) in deliveries)
        {
            consumer.Settle();
            try
            {
                await (end == CallEnd.Over
                    ? session.Channel.BasicAckAsync(tag, multiple: false)
                    : session.Channel.BasicNackAsync(tag, multiple: false, requeue: end != CallEnd.Dead)).ConfigureAwait(false);
            }
            catch (Exception failure) when (BrokerFaults.Is(failure))
            {
                // The message comes again, to whoever finds then that there is nothing to do.
            }
        }
    }

    public void Dispose() => _cancellation.Dispose();
}

/// <summary>A message of a call, not acknowledged yet.</summary>
/// <param name="ReplyTo">Queue of whoever waits for the outcome; null for nobody.</param>
internal readonly record struct CallDelivery(BrokerSession Session, ulong Tag, string? ReplyTo, NeedConsumer Consumer);
