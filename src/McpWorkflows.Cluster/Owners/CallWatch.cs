using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Cluster.Messages;
using McpWorkflows.Engine.Dispatch;

namespace McpWorkflows.Cluster.Owners;

/// <summary>
/// Looks after the calls that are out: tells workers again what is needed, tells runs when nobody can do it, and sends a message
/// again that was lost.
/// </summary>
internal sealed class CallWatch(DispatchOptions options, IDispatchLedger ledger, OutcomeDesk desk, BrokerLink link, CallPost post)
{
    private readonly HashSet<(string RunId, CallNeed Need)> _told = [];
    private long _lastSearch = options.Time.GetTimestamp();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Sweep, options.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            var calls = desk.Calls;
            if (calls.Count == 0)
            {
                _told.Clear();
                continue;
            }

            await desk.SweepAsync(cancellationToken).ConfigureAwait(false);
            await AnnounceAsync(calls).ConfigureAwait(false);
            await TellAsync(calls, cancellationToken).ConfigureAwait(false);
            if (options.Time.GetElapsedTime(_lastSearch) >= options.LostAfter)
            {
                _lastSearch = options.Time.GetTimestamp();
                await SearchAsync(calls, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Tells workers what is needed.</summary>
    public Task AnnounceAsync(IEnumerable<PendingCall> calls) => link.TryAsync(async session =>
    {
        foreach (var need in calls.Select(static call => call.Need).Distinct())
        {
            await session.AnnounceAsync(new NewsMessage { Need = need }, CancellationToken.None).ConfigureAwait(false);
        }
    });

    private async Task TellAsync(IEnumerable<PendingCall> calls, CancellationToken cancellationToken)
    {
        var workers = await ledger.ListWorkersAsync(cancellationToken).ConfigureAwait(false);
        foreach (var group in calls.GroupBy(static call => (call.Ticket.RunId, call.Need)))
        {
            var (_, need) = group.Key;
            var call = group.First();
            if (workers.Any(need.IsMetBy))
            {
                if (_told.Remove(group.Key))
                {
                    call.Request.Log?.Invoke($"There is a worker now for calls that need {need}.");
                }
            }
            else if (_told.Add(group.Key))
            {
                var living = workers.Count == 0 ? "No worker is alive" : $"None of the {workers.Count} living workers ({string.Join(", ", workers.Select(static worker => worker.Name).Take(5))}) has it";
                call.Request.Log?.Invoke(
                    $"{group.Count()} calls wait for a worker with: {need}. {living}. They go on when one starts: mcp-workflows worker {need}, with the same --journal and --dispatch.");
            }
        }
    }

    /// <summary>
    /// Of calls that no living worker has, though their queue is empty, the message was lost: if it is so twice in a row, since a
    /// worker may be late with a sign of life, and its call would be done twice.
    /// </summary>
    private async Task SearchAsync(IEnumerable<PendingCall> calls, CancellationToken cancellationToken)
    {
        var quiet = calls.Where(call => call.IsPublished && options.Time.GetElapsedTime(call.LastSign) >= options.LostAfter).GroupBy(static call => call.Need);
        foreach (var group in quiet)
        {
            uint? waiting = null;
            await link.TryAsync(async session => waiting = await session.CountAsync(group.Key, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            if (waiting is not 0)
            {
                continue;
            }

            foreach (var call in group)
            {
                var found = await ledger.PostAsync(call.Ticket.RunId, call.Ticket.Key, call.RequestJson, cancellationToken).ConfigureAwait(false);
                var isMissing = found is { Worker: null, OutcomeJson: null } && found.Ticket == call.Ticket;
                var isLost = isMissing && call.WasMissing;
                call.WasMissing = isMissing && !isLost;
                if (isLost)
                {
                    call.LastSign = options.Time.GetTimestamp();
                    await post.SendAsync(call, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }
}
