using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Writing;

namespace McpWorkflows.Journal.Leases;

/// <summary>Beats three times within the time a lease lasts, and costs nothing while there is no lease.</summary>
internal sealed class Pulse : IDisposable
{
    private readonly JournalWriter writer;
    private readonly ITimer timer;
    private int beating;

    public Pulse(JournalWriter writer, TimeProvider timeProvider, TimeSpan leaseTime)
    {
        this.writer = writer;
        timer = timeProvider.CreateTimer(_ => _ = BeatAsync(), null, leaseTime / 3, leaseTime / 3);
    }

    public void Dispose() => timer.Dispose();

    private async Task BeatAsync()
    {
        if (writer.Held.Read().Count == 0 || Interlocked.Exchange(ref beating, 1) != 0)
        {
            return;
        }

        try
        {
            // Every commit is a beat.
            await writer.WriteAsync(static _ => true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is JournalException or ObjectDisposedException)
        {
            // The next beat may come through; appends report what matters to a run.
        }
        finally
        {
            Volatile.Write(ref beating, 0);
        }
    }
}
