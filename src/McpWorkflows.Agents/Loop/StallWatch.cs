namespace McpWorkflows.Agents.Loop;

/// <summary>
/// Ends a request that makes no progress. Bytes that bring nothing (pings, comments: the model may be thinking without a
/// word) put the end off, but not for ever. Safe for use from any thread.
/// </summary>
internal sealed class StallWatch : IDisposable
{
    /// <summary>Stalls that pings can bridge.</summary>
    private const int Patience = 5;

    private readonly TimeSpan _stall;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _end;
    private readonly Lock _lock = new();
    private long _progressAt;
    private bool _disposed;

    public StallWatch(TimeSpan stall, TimeProvider time)
    {
        _stall = stall;
        _time = time;
        _progressAt = time.GetTimestamp();
        _end = new CancellationTokenSource(stall, time);
    }

    /// <summary>Cancelled when the request has stalled.</summary>
    public CancellationToken Token => _end.Token;

    public bool HasStalled => _end.IsCancellationRequested;

    /// <summary>The silence that ends it, with pings or without.</summary>
    public TimeSpan Silence => OnlyPulse ? _stall * Patience : _stall;

    /// <summary>Since the last progress there were pings.</summary>
    public bool OnlyPulse { get; private set; }

    /// <summary>The model said something.</summary>
    public void Progress() => Restart(isProgress: true);

    /// <summary>The connection is alive.</summary>
    public void Pulse() => Restart(isProgress: false);

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        _end.Dispose();
    }

    private void Restart(bool isProgress)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            OnlyPulse = !isProgress;
            if (isProgress)
            {
                _progressAt = _time.GetTimestamp();
            }

            var left = (_stall * Patience) - _time.GetElapsedTime(_progressAt);
            if (isProgress || left > TimeSpan.Zero)
            {
                _end.CancelAfter(isProgress || left > _stall ? _stall : left);
            }
        }
    }
}
