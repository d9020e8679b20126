namespace McpWorkflows.Engine.Runs;

/// <summary>One timer of the clock that wakes a run at a moment; <paramref name="wake"/> is called from any thread.</summary>
internal sealed class WakeTimer(TimeProvider time, Action wake) : IDisposable
{
    private const long Unarmed = long.MinValue;

    /// <summary>Timers of the clock reach no further than 49 days.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(40);

    private ITimer? _timer;
    private long _armedFor = Unarmed;

    /// <summary>Called by the run's actor. Armed once per moment: to arm again is to wait from a moment that has passed since it was read.</summary>
    public void Arm(DateTimeOffset due)
    {
        if (due.UtcTicks == Interlocked.Read(ref _armedFor))
            return;

        Interlocked.Exchange(ref _armedFor, due.UtcTicks);

        // The clock's timers count whole milliseconds: rounded up, so that a wake-up finds something due.
        var wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((due - time.GetUtcNow()).TotalMilliseconds)));
        _timer ??= time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer?.Dispose();

    private void Wake()
    {
        Interlocked.Exchange(ref _armedFor, Unarmed);
        wake();
    }
}
