using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses.Messages;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>What a script process said to a turn or a replay, read by whoever waited for it.</summary>
internal readonly record struct TurnAnswer(Frame Frame)
{
    /// <summary>The script went over the memory limit, or others in the same heap did.</summary>
    public bool IsMemoryDoubt => Frame.Kind == FrameKind.MemoryDoubt;

    /// <summary>What the process's heap held at the turn's end.</summary>
    public static long HeapBytesOf(Frame frame) => new WireReader(frame.Payload).Long();

    /// <summary>A turn's. Throws <see cref="ScriptProcessException"/> or <see cref="FrameFaultException"/>.</summary>
    public (IReadOnlyList<ScriptOutput> Outputs, TurnDigest Digest) ReadOutputs()
    {
        var reader = Open(FrameKind.Outputs);
        reader.Long();
        var digest = Digest(reader);
        var outputs = new ScriptOutput[digest.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = ScriptMessages.Outputs.Read(reader);
        }

        return reader.IsAtEnd ? (outputs, digest) : throw new FrameFaultException("more than it announced");
    }

    /// <summary>A replay's. Throws <see cref="ScriptProcessException"/> or <see cref="FrameFaultException"/>.</summary>
    public IReadOnlyList<TurnDigest> ReadDigests()
    {
        var reader = Open(FrameKind.Replayed);
        var digests = new TurnDigest[reader.Count()];
        for (var i = 0; i < digests.Length; i++)
        {
            digests[i] = new TurnDigest(reader.Int(), (ulong)reader.Long());
        }

        return digests;
    }

    private static TurnDigest Digest(WireReader reader)
    {
        var hash = (ulong)reader.Long();
        return new TurnDigest(reader.Count(), hash);
    }

    private WireReader Open(FrameKind expected)
    {
        var reader = new WireReader(Frame.Payload);
        return Frame.Kind == expected ? reader
            : Frame.Kind == FrameKind.Fault ? throw new ScriptProcessException($"A defect in the script process: {reader.Text()}")
            : throw new FrameFaultException("an answer of another kind than was asked for");
    }
}
