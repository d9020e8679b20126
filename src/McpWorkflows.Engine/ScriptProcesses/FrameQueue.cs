namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>
/// Writes frames to a pipe in their order, on a thread of the pool while there are any, so that a process which does not
/// read holds up nobody who waits for another.
/// </summary>
internal sealed class FrameQueue(Stream stream) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _frames = [];
    private bool _writing;
    private bool _closed;

    public void Add(ReadOnlyMemory<byte> frame)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _frames.Enqueue(frame);
            if (_writing)
            {
                return;
            }

            _writing = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Closes the pipe once everything is written.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            if (_writing)
            {
                return;
            }

            _writing = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (Next() is { } frame)
        {
            try
            {
                stream.Write(frame.Span);
            }
            catch (Exception broken) when (broken is IOException or ObjectDisposedException)
            {
                // The process has ended; whoever reads from it says so to all who wait.
            }
        }
    }

    private ReadOnlyMemory<byte>? Next()
    {
        bool closed;
        lock (_gate)
        {
            if (_frames.TryDequeue(out var frame))
            {
                return frame;
            }

            _writing = false;
            closed = _closed;
        }

        if (closed)
        {
            try
            {
                stream.Dispose();
            }
            catch (IOException)
            {
                // As above.
            }
        }

        return null;
    }
}
