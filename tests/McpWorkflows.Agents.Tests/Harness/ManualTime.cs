namespace McpWorkflows.Agents.Tests.Harness;

/// <summary>A clock that moves by hand. Timers fire within <see cref="Advance"/>, or at once where told so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Delays that were asked for, in order.</summary>
    public List<TimeSpan> Delays { get; } = [];

    /// <summary>Timers up to this long fire as soon as they are set, and the clock jumps there.</summary>
    public TimeSpan FireAtOnce { get; init; } = TimeSpan.FromSeconds(-1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Completes when a timer has been set since the clock was last advanced.</summary>
    public Task WaitUntilSetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _set.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>For a server that talks to a client on this clock: lets time pass once the client has heard what was said last.</summary>
    public Func<CancellationToken, Task> PassEach(TimeSpan step) => async cancellationToken =>
    {
        await WaitUntilSetAsync(cancellationToken);
        Advance(step);
    };

    /// <summary>Lets time pass until the work is over, whenever it sets its timers.</summary>
    public async Task<T> PassUntilAsync<T>(Task<T> work, TimeSpan step)
    {
        while (!work.IsCompleted)
        {
            Advance(step);
            await Task.WhenAny(work, Task.Delay(20, TestContext.Current.CancellationToken));
        }

        return await work;
    }

    public void Advance(TimeSpan time)
    {
        List<ManualTimer> due;
        lock (_gate)
        {
            if (_set.Task.IsCompleted)
            {
                _set = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _now += time;
            due = _timers.FindAll(timer => timer.Due <= _now);
            _timers.RemoveAll(due.Contains);
        }

        due.ForEach(timer => timer.Fire());
    }

    private void Set(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            Delays.Add(dueTime);
            _set.TrySetResult();
            timer.Due = _now + dueTime;
            if (dueTime > FireAtOnce)
            {
                _timers.Add(timer);
                return;
            }

            _now += dueTime;
        }

        ThreadPool.QueueUserWorkItem(_ => timer.Fire());
    }

    private void Forget(ManualTimer timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Set(this, dueTime);
            return true;
        }

        public void Dispose() => time.Forget(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
