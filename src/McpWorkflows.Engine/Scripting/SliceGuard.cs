using System.Diagnostics;
using System.Runtime.CompilerServices;
using Jint;
using Jint.Native;
using Jint.Runtime;

namespace McpWorkflows.Engine.Scripting;

/// <summary>
/// Holds a slice to its limits. Jint calls it before every statement and every function body, so that nothing a
/// script does between two checks is unbounded but single built-in operations.
/// </summary>
internal sealed class SliceGuard(ScriptLimits limits) : Constraint
{
    /// <summary>
    /// Stack that a call within <see cref="ScriptLimits.CallDepth"/> may take. Plain frames take a quarter of it; the
    /// rest of the thread's stack is kept for unwinding, which needs several times what the frames took.
    /// </summary>
    private const int StackBytesPerCall = 5_600;

    /// <summary>Checks of the stack between two checks of the rest.</summary>
    private const int CheckInterval = 32;

    private readonly nint _stackBytes = (nint)Math.Min((long)limits.CallDepth * StackBytesPerCall, SliceThreads.StackBytes / 4);
    private readonly MemoryMeter _memory = new(limits.MemoryBytes);
    private CancellationToken _cancellation;
    private Func<string, JsValue>? _rangeError;
    private nint _stackBase;
    private long _deadline;
    private int _countdown;

    /// <summary>No: between two amortized checks a recursion could run out of stack.</summary>
    public override bool IsAmortizable => false;

    /// <summary>Starts a slice on the calling thread.</summary>
    /// <param name="rangeError">Makes a <c>RangeError</c> of the script's own.</param>
    public void BeginSlice(Func<string, JsValue> rangeError, CancellationToken cancellationToken)
    {
        byte here = 0;
        _stackBase = AddressOf(ref here);
        _rangeError = rangeError;
        _cancellation = cancellationToken;
        _deadline = Stopwatch.GetTimestamp() + (long)(limits.Slice.TotalSeconds * Stopwatch.Frequency);
        _countdown = CheckInterval;
        _memory.BeginSlice();
    }

    public void EndSlice() => _memory.EndSlice();

    /// <summary>Nothing: a slice has many entries into the engine, and they share one allowance.</summary>
    public override void Reset()
    {
    }

    public override void Check()
    {
        byte here = 0;
        if (_stackBase - AddressOf(ref here) > _stackBytes)
        {
            throw new JavaScriptException(_rangeError!(
                $"Maximum call stack size exceeded: calls nest more than {limits.CallDepth:N0} deep. Does a recursion lack its end?"));
        }

        if (--_countdown <= 0)
        {
            _countdown = CheckInterval;
            CheckRest();
        }
    }

    private void CheckRest()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (Stopwatch.GetTimestamp() > _deadline)
        {
            throw new SliceOverrunException(
                $"The script ran for {limits.Slice.TotalSeconds:0.###} s without waiting for an agent or a timer. Look for a loop that does not end; "
                + "long work belongs into agents.");
        }

        if (_memory.IsOver())
        {
            throw new SliceOverrunException(
                $"The script holds more than {limits.MemoryBytes / (1024 * 1024):N0} MB. Keep less at a time: drop what is done, let agents return summaries.",
                isOfMemory: true);
        }
    }

    private static nint AddressOf(ref byte local) => Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref local);
}

/// <summary>A slice went over a limit; the run ends with this message.</summary>
internal sealed class SliceOverrunException(string message, bool isOfMemory = false) : Exception(message)
{
    public bool IsOfMemory => isOfMemory;

    /// <summary>What is said of a slice that came to no check of its own.</summary>
    public static string StuckMessage(TimeSpan limit) =>
        $"The script ran for more than {limit.TotalSeconds:0.###} s inside one built-in operation. "
        + "Work on smaller or flatter data: deeply nested arrays are slow to write as JSON.";
}
