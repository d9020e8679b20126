using System.Diagnostics.CodeAnalysis;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// A run's timers over one timer of the clock: due ones come in order of their due time, then of asking. Used by the
/// run's actor only; <paramref name="wake"/> is called from any thread.
/// </summary>
internal sealed class RunTimers(TimeProvider time, Action wake) : IDisposable
{
    private const long Unarmed = long.MinValue;

    private readonly PriorityQueue<(PendingItem Item, DateTimeOffset At), (long Due, int Request)> _queue = new();
    private ITimer? _timer;
    private long _armedFor = Unarmed;

    public void Start(PendingItem item, double delayMilliseconds)
    {
        var delay = TimeSpan.FromMilliseconds(Math.Clamp(double.IsNaN(delayMilliseconds) ? 0 : delayMilliseconds, 0, int.MaxValue));
        _queue.Enqueue((item, time.GetUtcNow() + delay), (DueAfter(delay), item.RequestId));
    }

    /// <summary>When the next timer fires, or null.</summary>
    public DateTimeOffset? Next
    {
        get
        {
            while (_queue.TryPeek(out var timer, out _))
            {
                if (!timer.Item.Over)
                    return timer.At;
                _queue.Dequeue();
            }

            return null;
        }
    }

    /// <summary>Takes the next timer that is due.</summary>
    public bool TryTakeDue([NotNullWhen(true)] out PendingItem? item)
    {
        while (_queue.TryPeek(out var timer, out var place) && (timer.Item.Over || place.Due <= time.GetTimestamp()))
        {
            _queue.Dequeue();
            if (timer.Item.Over)
                continue;

            item = timer.Item;
            return true;
        }

        item = null;
        return false;
    }

    /// <summary>Sees to it that the run wakes when the next timer is due.</summary>
    public void Arm()
    {
        // Armed once per due time: to arm again is to wait from a moment that has passed since it was read.
        if (!_queue.TryPeek(out _, out var place) || place.Due == Interlocked.Read(ref _armedFor))
            return;

        Interlocked.Exchange(ref _armedFor, place.Due);

        // The clock's timers count whole milliseconds: rounded up, so that a wake-up finds something due.
        var wait = Math.Max(0, Math.Ceiling((place.Due - time.GetTimestamp()) * 1_000.0 / time.TimestampFrequency));
        _timer ??= time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer?.Dispose();

    private void Wake()
    {
        Interlocked.Exchange(ref _armedFor, Unarmed);
        wake();
    }

    private long DueAfter(TimeSpan delay) => time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
}
