using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses.Messages;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>What a script process said to a turn, read by whoever waited for it.</summary>
internal readonly record struct TurnAnswer(Frame Frame)
{
    /// <summary>The script went over the memory limit, or others in the same heap did.</summary>
    public bool IsMemoryDoubt => Frame.Kind == FrameKind.MemoryDoubt;

    /// <summary>What the process's heap held at the turn's end.</summary>
    public static long HeapBytesOf(Frame frame) => new WireReader(frame.Payload).Long();

    /// <summary>Throws <see cref="ScriptProcessException"/> or <see cref="FrameFaultException"/>.</summary>
    public (IReadOnlyList<ScriptOutput> Outputs, TurnDigest Digest) Read()
    {
        var reader = new WireReader(Frame.Payload);
        switch (Frame.Kind)
        {
            case FrameKind.Outputs:
                break;
            case FrameKind.Fault:
                throw new ScriptProcessException($"A defect in the script process: {reader.Text()}");
            default:
                throw new FrameFaultException("an answer of an unknown kind");
        }

        reader.Long();
        var outputs = new ScriptOutput[reader.Count()];
        var hash = new HashCode();
        for (var i = 0; i < outputs.Length; i++)
        {
            var start = reader.Position;
            outputs[i] = ScriptMessages.Outputs.Read(reader);

            // Lines may tell of what differs from time to time, such as how deep a recursion came.
            hash.AddBytes(outputs[i] is Logged or BranchFailed ? reader.Since(start)[..1] : reader.Since(start));
        }

        return reader.IsAtEnd ? (outputs, new TurnDigest(outputs.Length, hash.ToHashCode())) : throw new FrameFaultException("more than it announced");
    }
}

/// <summary>Tells whether a replayed turn said the same as the first time; holds within one process of the server.</summary>
internal readonly record struct TurnDigest(int Count, int Hash);
