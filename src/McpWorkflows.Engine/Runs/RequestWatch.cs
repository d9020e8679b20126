using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Asks the journal what people want of this process's runs, and takes those up again that it unloaded once there is
/// an answer or their time has come: one poller per engine, only while it has runs.
/// </summary>
internal sealed class RequestWatch(RunParts parts, ActiveRuns runs, RunLauncher launcher)
{
    /// <summary>At most; a journal that hears of changes shortens it.</summary>
    /// <value>500 ms</value>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>A run that cannot be taken up now, because of the journal perhaps, is tried again after this time.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    private int _watching;

    /// <summary>Sees to it that somebody polls.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _watching, 1) == 0)
            _ = WatchAsync();
    }

    private async Task WatchAsync()
    {
        do
        {
            while (runs.Any && !launcher.IsStopped)
            {
                await parts.Journal.WaitForChangeAsync(null, Interval, parts.Time, CancellationToken.None).ConfigureAwait(false);
                await PollAsync().ConfigureAwait(false);
            }

            Volatile.Write(ref _watching, 0);
        }
        while (runs.Any && !launcher.IsStopped && Interlocked.Exchange(ref _watching, 1) == 0);
    }

    private async Task PollAsync()
    {
        try
        {
            var requests = await parts.Journal.ReadRequestsAsync(CancellationToken.None).ConfigureAwait(false);
            foreach (var runId in requests.Cancel)
                await CancelAsync(runId).ConfigureAwait(false);
            foreach (var (runId, order) in requests.Orders)
                await OrderAsync(runId, order).ConfigureAwait(false);
            foreach (var runId in requests.Lost)
                runs.Find(runId)?.Stop(RunEnd.JournalFailed(new LeaseLostException(runId)));
            foreach (var runId in requests.Answered)
                _ = runs.Find(runId)?.RefreshAsync();
            foreach (var run in runs.Parked)
                await WakeAsync(run, requests).ConfigureAwait(false);
        }
        catch (Exception) // A journal that cannot be read now may be read at the next tick; appends report what matters.
        {
        }
    }

    private async Task CancelAsync(string runId)
    {
        if (runs.Find(runId) is { } actor)
            actor.Stop(RunEnd.Cancelled);
        else if (runs.FindParked(runId) is not null)
            await launcher.CancelUnloadedAsync(runId, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task OrderAsync(string runId, RunOrder order)
    {
        if (runs.Find(runId) is { } actor)
            _ = actor.OrderAsync(order);
        else if (order.Kind == RunOrderKind.Pause)
            await launcher.PauseUnloadedAsync(runId, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task WakeAsync(ParkedRun run, RunRequests requests)
    {
        var now = parts.Time.GetUtcNow();
        if (run.NotBefore > now)
            return;

        var isDue = run.Until <= now;
        if (!isDue && !(requests.Answered.Contains(run.Id) && await QuestionAnswers.AnyUnsettledAsync(parts.Journal, run.Id, CancellationToken.None).ConfigureAwait(false)))
            return;

        runs.Park(run with { NotBefore = now + RetryDelay });
        await launcher.TryRecoverAsync(run.Id, CancellationToken.None).ConfigureAwait(false);
    }
}
