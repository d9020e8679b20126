using System.Collections.Concurrent;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses.Messages;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>Runs scripts for whoever stands at the other end of two pipes.</summary>
internal sealed class ScriptProcessHost(Stream input, Stream output)
{
    /// <summary>Above this the heap is worth a collection when runs have left it.</summary>
    private const long RoomyHeapBytes = 64 * 1024 * 1024;

    private readonly ConcurrentDictionary<int, HostedRun> _runs = [];
    private readonly Lock _writing = new();

    /// <summary>Until the input ends.</summary>
    /// <param name="confinement">Told to the server.</param>
    public void Serve(string confinement)
    {
        var ready = new WireWriter();
        ready.Text(confinement);
        Send(ready.ToFrame(FrameKind.Ready, 0));
        while (Frame.Read(input, Frame.MaxInputBytes) is { } frame)
        {
            if (frame.Kind == FrameKind.Turn)
            {
                var run = _runs.GetOrAdd(frame.Run, static number => new HostedRun(number));
                _ = SliceThreads.RunAsync(() => TakeTurn(run, frame.Payload));
            }
            else if (_runs.TryRemove(frame.Run, out var closed))
            {
                closed.Stop.Cancel();
                closed.Script.End();
            }
        }
    }

    private bool TakeTurn(HostedRun run, ReadOnlyMemory<byte> payload)
    {
        try
        {
            var outputs = run.Script.Turn(ScriptMessages.Inputs.Read(new WireReader(payload)), run.Stop.Token);
            if (run.Script.EndedForMemory && _runs.Count > 1)
            {
                Send(new WireWriter().ToFrame(FrameKind.MemoryDoubt, run.Number));
            }
            else
            {
                Send(Encode(run, outputs));
            }
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
                : Encode(run, [run.Script.Failed("The script built a value too large for any memory. Keep less at a time.")]));
        }
        catch (Exception defect) // The boundary to the server, where it ends this run and no other.
        {
            run.Script.End();
            var message = new WireWriter();
            message.Text($"{defect.GetType().Name}: {defect.Message}");
            Send(message.ToFrame(FrameKind.Fault, run.Number));
        }

        if (run.Script.HasEnded)
        {
            _runs.TryRemove(run.Number, out _);
        }

        return true;
    }

    private ReadOnlyMemory<byte> Encode(HostedRun run, IReadOnlyList<ScriptOutput> outputs)
    {
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

    private ReadOnlyMemory<byte> Encode(int number, IReadOnlyList<ScriptOutput> outputs)
    {
        var writer = new WireWriter(Frame.MaxOutputBytes);
        writer.Long(GC.GetTotalMemory(forceFullCollection: false));
        writer.Int(outputs.Count);
        foreach (var message in outputs)
        {
            ScriptMessages.Outputs.Write(writer, message);
        }

        return writer.ToFrame(FrameKind.Outputs, number);
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
