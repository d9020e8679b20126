namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>Looks again and again while there is something to watch, and costs nothing while there is not.</summary>
internal sealed class ProcessWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Func<bool> _look;
    private readonly ITimer _timer;
    private bool _watching;
    private bool _disposed;

    /// <param name="look">Returns false when there is nothing to watch for now.</param>
    public ProcessWatch(TimeProvider time, Func<bool> look)
    {
        _look = look;
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start()
    {
        lock (_gate)
        {
            if (!_watching && !_disposed)
            {
                _watching = true;
                _timer.Change(Interval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _timer.Dispose();
    }

    private void Tick()
    {
        // Asleep before the look, so that a start which comes during it is not lost.
        lock (_gate)
        {
            _watching = false;
        }

        if (_look())
        {
            Start();
        }
    }
}
