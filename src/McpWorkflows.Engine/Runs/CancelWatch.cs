using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>Asks the journal which runs somebody wants cancelled: one poller per engine, only while runs are active.</summary>
internal sealed class CancelWatch(IJournal journal, TimeProvider time, Func<bool> isActive, Action<string> cancel)
{
    /// <value>500 ms</value>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private int _watching;

    /// <summary>Sees to it that somebody polls.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _watching, 1) == 0)
            _ = WatchAsync();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            while (isActive())
            {
                await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false);
                await PollAsync().ConfigureAwait(false);
            }

            Volatile.Write(ref _watching, 0);
        }
        while (isActive() && Interlocked.Exchange(ref _watching, 1) == 0);
    }

    private async Task PollAsync()
    {
        try
        {
            var requests = await journal.ReadRequestsAsync(CancellationToken.None).ConfigureAwait(false);
            foreach (var runId in requests.Cancel)
                cancel(runId);
        }
        catch (Exception) // A journal that cannot be read now may be read at the next tick; appends report what matters.
        {
        }
    }
}
