using System.Threading.Channels;
using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Messages;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;

namespace McpWorkflows.Cluster.Workers;

/// <summary>
/// Tells owners what comes of their calls, many in one message: ends at once, signs of life at a calm pace and with only the last
/// of what the model says.
/// </summary>
internal sealed class Reporter(BrokerLink link, TimeSpan pace, TimeProvider time)
{
    /// <summary>Larger outcomes are fetched from the ledger. Characters.</summary>
    public const int MaxOutcome = 8_192;

    private const int MaxDetail = 400;

    private const int MaxTail = 4_096;

    private readonly Channel<(string Owner, CallDone Done)> _done = Channel.CreateUnbounded<(string, CallDone)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<CallProgress>> _progress = [];

    public void Report(string owner, CallTicket ticket, AgentProgress said)
    {
        said = said with { Detail = Cut(said.Detail, MaxDetail), Tail = said.Tail is { Length: > MaxTail } tail ? tail[^MaxTail..] : said.Tail };
        lock (_lock)
        {
            if (!_progress.TryGetValue(owner, out var list))
            {
                _progress[owner] = list = [];
            }

            var last = said.Kind == AgentProgressKind.Text ? list.FindLastIndex(entry => entry.Ticket == ticket) : -1;
            if (last >= 0 && list[last].Progress.Kind == AgentProgressKind.Text)
            {
                list[last] = new CallProgress(ticket, said);
            }
            else
            {
                list.Add(new CallProgress(ticket, said));
            }
        }
    }

    public void Done(string owner, CallTicket ticket, string? outcomeJson) =>
        _done.Writer.TryWrite((owner, new CallDone(ticket, outcomeJson is { Length: <= MaxOutcome } ? outcomeJson : null)));

    /// <summary>Sends until it is told to stop, and then what is left.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(SendEndsAsync(cancellationToken), SendProgressAsync(cancellationToken)).ConfigureAwait(false);
        await SendEndsAsync().ConfigureAwait(false);
    }

    private static string? Cut(string? text, int length) => text is not null && text.Length > length ? text[..length] : text;

    private async Task SendEndsAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _done.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                await SendEndsAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task SendEndsAsync()
    {
        var ends = new Dictionary<string, List<CallDone>>();
        while (_done.Reader.TryRead(out var end))
        {
            (ends.TryGetValue(end.Owner, out var list) ? list : ends[end.Owner] = []).Add(end.Done);
        }

        foreach (var (owner, done) in ends)
        {
            List<CallProgress>? progress;
            lock (_lock)
            {
                _progress.Remove(owner, out progress);
            }

            await SendAsync(owner, new ReplyMessage { Done = done, Progress = progress ?? [] }).ConfigureAwait(false);
        }
    }

    private async Task SendProgressAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                KeyValuePair<string, List<CallProgress>>[] all;
                lock (_lock)
                {
                    all = [.. _progress];
                    _progress.Clear();
                }

                foreach (var (owner, progress) in all)
                {
                    await SendAsync(owner, new ReplyMessage { Progress = progress }).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private Task SendAsync(string owner, ReplyMessage message) => link.TryAsync(session => session.TellAsync(owner, message, CancellationToken.None).AsTask());
}
