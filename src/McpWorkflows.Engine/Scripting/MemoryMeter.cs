namespace McpWorkflows.Engine.Scripting;

/// <summary>
/// Watches what a script keeps alive. What it allocated bounds that from above and costs nothing to know; only when
/// the bound says too much is the process's heap measured, with a collection as the last resort. So a script that
/// allocates much and keeps little is not blamed.
/// </summary>
internal sealed class MemoryMeter(long limitBytes)
{
    private readonly long _stepBytes = Math.Max(limitBytes / 8, 1024 * 1024);
    private long _heapAtMeasure = GC.GetTotalMemory(forceFullCollection: false);
    private long _liveAtMeasure;
    private long _allocatedBefore;
    private long _sliceStart;
    private long _nextMeasure;

    /// <summary>To be called on the slice's thread, as all that follows.</summary>
    public void BeginSlice() => _sliceStart = GC.GetAllocatedBytesForCurrentThread();

    public void EndSlice() => _allocatedBefore += GC.GetAllocatedBytesForCurrentThread() - _sliceStart;

    public bool IsOver()
    {
        var allocated = _allocatedBefore + GC.GetAllocatedBytesForCurrentThread() - _sliceStart;
        if (_liveAtMeasure + allocated <= limitBytes || allocated < _nextMeasure)
        {
            return false;
        }

        // The heap's growth since the last measure is the script's as far as the script allocated it; others run
        // in this process too.
        var live = LiveAt(GC.GetTotalMemory(forceFullCollection: false), allocated);
        if (live > limitBytes)
        {
            // Once: everybody else in this process waits meanwhile.
            GC.Collect();
            var heap = GC.GetTotalMemory(forceFullCollection: false);
            live = LiveAt(heap, allocated);
            _heapAtMeasure = heap;
            _liveAtMeasure = live;
            Restart();
            return live > limitBytes;
        }

        _nextMeasure = allocated + _stepBytes;
        return false;
    }

    private long LiveAt(long heap, long allocated) =>
        Math.Clamp(_liveAtMeasure + heap - _heapAtMeasure, 0, _liveAtMeasure + allocated);

    private void Restart()
    {
        _allocatedBefore = 0;
        _sliceStart = GC.GetAllocatedBytesForCurrentThread();
        _nextMeasure = _stepBytes;
    }
}
