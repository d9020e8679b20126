using System.Collections.Concurrent;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses.Messages;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>Runs scripts for whoever stands at the other end of two pipes.</summary>
internal sealed class ScriptProcessHost(Stream input, Stream output)
{
    /// <summary>Above this the heap is worth a collection when runs have left it.</summary>
    private const long RoomyHeapBytes = 64 * 1024 * 1024;

    private const long TidyInterval = 500;

    private readonly ConcurrentDictionary<int, HostedRun> _runs = [];
    private readonly Lock _writing = new();
    private long _tidied;

    /// <summary>Until the input ends.</summary>
    /// <param name="confinement">Told to the server.</param>
    public void Serve(string confinement)
    {
        var ready = new WireWriter();
        ready.Text(confinement);
        Send(ready.ToFrame(FrameKind.Ready, 0));
        while (Frame.Read(input, Frame.MaxInputBytes) is { } frame)
        {
            if (frame.Kind is FrameKind.Turn or FrameKind.Replay)
            {
                Begin(_runs.GetOrAdd(frame.Run, static number => new HostedRun(number)), frame);
            }
            else if (_runs.TryRemove(frame.Run, out var closed))
            {
                closed.Stop.Cancel();
                closed.Script.End();
                TidyUp();
            }
        }
    }

    private void Begin(HostedRun run, Frame frame)
    {
        try
        {
            _ = SliceThreads.RunAsync(() => Take(run, frame));
        }
        catch (OutOfMemoryException)
        {
            // No room for a further stack.
            Send(new WireWriter().ToFrame(FrameKind.MemoryDoubt, run.Number));
        }
    }

    private bool Take(HostedRun run, Frame frame)
    {
        try
        {
            Send(frame.Kind == FrameKind.Turn ? Turn(run, frame.Payload) : Replay(run, frame.Payload));
        }
        catch (OperationCanceledException)
        {
            Send(new WireWriter().ToFrame(FrameKind.Stopped, run.Number));
        }
        catch (OutOfMemoryException)
        {
            run.Script.End();
            Send(_runs.Count > 1
                ? new WireWriter().ToFrame(FrameKind.MemoryDoubt, run.Number)
                : Encode(run.Number, [run.Script.Failed("The script built a value too large for any memory. Keep less at a time.")]));
        }
        catch (Exception defect) // The boundary to the server, where it ends this run and no other.
        {
            run.Script.End();
            var message = new WireWriter();
            message.Text($"{defect.GetType().Name}: {defect.Message}");
            Send(message.ToFrame(FrameKind.Fault, run.Number));
        }

        if (run.Script.HasEnded && _runs.TryRemove(run.Number, out _))
        {
            TidyUp();
        }

        return true;
    }

    private ReadOnlyMemory<byte> Turn(HostedRun run, ReadOnlyMemory<byte> payload)
    {
        var outputs = run.Script.Turn(ScriptMessages.Inputs.Read(new WireReader(payload)), run.Stop.Token);
        if (IsInDoubt(run))
        {
            return new WireWriter().ToFrame(FrameKind.MemoryDoubt, run.Number);
        }

        try
        {
            return Encode(run.Number, outputs);
        }
        catch (FrameTooLargeException)
        {
            run.Script.End();
            return Encode(run.Number, [run.Script.Failed(
                $"The script asked for more than {Frame.MaxOutputBytes / 2 / (1024 * 1024)} million characters between two awaits, prompts and log lines together. "
                + "Let agents read large data from files instead of having it in their prompts.")]);
        }
    }

    private ReadOnlyMemory<byte> Replay(HostedRun run, ReadOnlyMemory<byte> payload)
    {
        var reader = new WireReader(payload);
        var digests = new List<TurnDigest>();
        while (!reader.IsAtEnd && !run.Script.HasEnded)
        {
            var outputs = run.Script.Turn(ScriptMessages.Inputs.Read(reader), run.Stop.Token);
            if (IsInDoubt(run))
            {
                return new WireWriter().ToFrame(FrameKind.MemoryDoubt, run.Number);
            }

            digests.Add(TurnDigest.Write(new WireWriter(Frame.MaxOutputBytes), outputs));
        }

        var writer = new WireWriter();
        writer.Int(digests.Count);
        foreach (var digest in digests)
        {
            writer.Int(digest.Count);
            writer.Long((long)digest.Hash);
        }

        return writer.ToFrame(FrameKind.Replayed, run.Number);
    }

    /// <summary>The run went over its memory, and others in this heap may have had a part in that.</summary>
    private bool IsInDoubt(HostedRun run) => run.Script.EndedForMemory && _runs.Count > 1;

    private static ReadOnlyMemory<byte> Encode(int number, IReadOnlyList<ScriptOutput> outputs)
    {
        var messages = new WireWriter(Frame.MaxOutputBytes);
        messages.Long(GC.GetTotalMemory(forceFullCollection: false));
        var place = messages.Length;
        messages.Long(0);
        messages.Int(0);
        var digest = TurnDigest.Write(messages, outputs);
        messages.LongAt(place, (long)digest.Hash);
        messages.IntAt(place + 8, digest.Count);
        return messages.ToFrame(FrameKind.Outputs, number);
    }

    /// <summary>What the runs that left held is given back at once, while the rest of a small heap may wait for its turn.</summary>
    private void TidyUp()
    {
        var now = Environment.TickCount64;
        if (GC.GetTotalMemory(forceFullCollection: false) > RoomyHeapBytes && now - Interlocked.Read(ref _tidied) > TidyInterval)
        {
            Interlocked.Exchange(ref _tidied, now);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }
    }

    private void Send(ReadOnlyMemory<byte> frame)
    {
        lock (_writing)
        {
            output.Write(frame.Span);
        }
    }

    private sealed record HostedRun(int Number)
    {
        public JintScript Script { get; } = new();

        public CancellationTokenSource Stop { get; } = new();
    }
}
