using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using McpWorkflows.Cluster.Messages;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;

namespace McpWorkflows.Cluster.Owners;

/// <summary>
/// Gives calls their outcomes: those that come with a message at once, others out of the ledger, many with one question. The
/// ledger is also asked regularly, since messages may be lost.
/// </summary>
internal sealed class OutcomeDesk(IDispatchLedger ledger, TimeProvider time)
{
    private readonly ConcurrentDictionary<CallTicket, PendingCall> _calls = new();
    private readonly Channel<CallTicket> _done = Channel.CreateUnbounded<CallTicket>(new UnboundedChannelOptions { SingleReader = true });

    public ICollection<PendingCall> Calls => _calls.Values;

    public void Add(PendingCall call) => _calls[call.Ticket] = call;

    public void Remove(PendingCall call) => _calls.TryRemove(new KeyValuePair<CallTicket, PendingCall>(call.Ticket, call));

    /// <summary>Takes in what a worker said.</summary>
    public void Take(ReplyMessage message)
    {
        var now = time.GetTimestamp();
        foreach (var said in message.Progress)
        {
            if (_calls.TryGetValue(said.Ticket, out var call))
            {
                call.LastSign = now;
                call.Report(said.Progress);
            }
        }

        foreach (var done in message.Done)
        {
            if (done.OutcomeJson is { } json)
            {
                Complete(done.Ticket, json);
            }
            else
            {
                _done.Writer.TryWrite(done.Ticket);
            }
        }
    }

    /// <summary>Fetches outcomes that messages told of, as they come.</summary>
    public async Task FetchAsync(CancellationToken cancellationToken)
    {
        var tickets = new HashSet<CallTicket>();
        while (await _done.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_done.Reader.TryRead(out var ticket))
            {
                if (_calls.ContainsKey(ticket))
                {
                    tickets.Add(ticket);
                }
            }

            await ReadAsync(tickets, cancellationToken).ConfigureAwait(false);
            tickets.Clear();
        }
    }

    /// <summary>Asks the ledger for all that are awaited.</summary>
    public Task SweepAsync(CancellationToken cancellationToken) => ReadAsync(_calls.Keys, cancellationToken);

    public static AgentOutcome Read(string outcomeJson)
    {
        try
        {
            return ClusterJson.ReadOutcome(outcomeJson);
        }
        catch (JsonException)
        {
            return new AgentOutcome
            {
                Kind = AgentOutcomeKind.Failed,
                Failure = new AgentFailure("The worker's outcome cannot be read: it is of another release. Run the same release on servers and workers, and resume the run."),
            };
        }
    }

    private async Task ReadAsync(ICollection<CallTicket> tickets, CancellationToken cancellationToken)
    {
        // Answers may be large: not all of them at once.
        foreach (var some in tickets.Chunk(64))
        {
            foreach (var completed in await ledger.ReadCompletedAsync(some, cancellationToken).ConfigureAwait(false))
            {
                Complete(completed.Ticket, completed.OutcomeJson);
            }
        }
    }

    private void Complete(CallTicket ticket, string outcomeJson)
    {
        if (_calls.TryGetValue(ticket, out var call))
        {
            call.Complete(Read(outcomeJson));
        }
    }
}
