namespace McpWorkflows.Engine.Runs;

/// <summary>
/// The models whose quota is spent, over all runs of the engine. A call that finds its model here waits instead of being
/// sent: a queue of a thousand must not be burnt on a provider that takes nothing. Safe for use from any thread.
/// </summary>
internal sealed class QuotaWalls(TimeProvider time)
{
    /// <summary>For providers that do not say when they take requests again.</summary>
    private static readonly TimeSpan Unsaid = TimeSpan.FromMinutes(5);

    /// <summary>A provider that says "now" and refuses again must not be asked in a loop.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Refusals of one moment name moments that differ by no more.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, QuotaWall> _walls = [];
    private volatile bool _any;

    /// <summary>What stands before calls of that model, or null.</summary>
    public QuotaWall? Find(string? model)
    {
        if (!_any)
            return null;

        lock (_lock)
            return _walls.GetValueOrDefault(model ?? "");
    }

    /// <summary>Holds up calls of that model until then.</summary>
    public QuotaWall Close(string? model, DateTimeOffset? retryAt)
    {
        var now = time.GetUtcNow();
        var until = retryAt ?? now + Unsaid;
        if (until < now + Shortest)
            until = now + Shortest;

        lock (_lock)
        {
            var key = model ?? "";
            // Those in flight together hear of it one after another.
            if (_walls.TryGetValue(key, out var wall) && wall.Until >= until - Slack)
                return wall;

            var higher = new QuotaWall(until, time, Open);
            _walls[key] = higher;
            _any = true;
            wall?.Yield(higher);
            return higher;

            void Open(QuotaWall opened)
            {
                lock (_lock)
                {
                    if (_walls.GetValueOrDefault(key) == opened)
                        _walls.Remove(key);
                    _any = _walls.Count > 0;
                }
            }
        }
    }

    /// <summary>A person says that there is quota again.</summary>
    public void OpenAll()
    {
        List<QuotaWall> walls;
        lock (_lock)
            walls = [.. _walls.Values];
        walls.ForEach(wall => wall.Open());
    }
}

/// <summary>A spent quota, until a moment.</summary>
internal sealed class QuotaWall
{
    /// <summary>Timers of the clock reach no further than 49 days.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(40);

    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly Action<QuotaWall> _open;
    private readonly ITimer _timer;

    public QuotaWall(DateTimeOffset until, TimeProvider time, Action<QuotaWall> open)
    {
        Until = until;
        _time = time;
        _open = open;
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Sleep();
    }

    public DateTimeOffset Until { get; }

    /// <summary>Completes when calls may be sent again.</summary>
    public Task Opened => _opened.Task;

    public void Open()
    {
        _timer.Dispose();
        _open(this);
        _opened.TrySetResult();
    }

    /// <summary>Another wall took this one's place; whoever waits here waits for that one.</summary>
    public void Yield(QuotaWall higher)
    {
        _timer.Dispose();
        _ = higher.Opened.ContinueWith(
            _ => _opened.TrySetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Wake()
    {
        if (_time.GetUtcNow() >= Until)
            Open();
        else
            Sleep();
    }

    private void Sleep()
    {
        var left = Until - _time.GetUtcNow();
        // Whole milliseconds, rounded up, so that a wake-up finds the time come.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, left.TotalMilliseconds)));
        _timer.Change(wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
    }
}
