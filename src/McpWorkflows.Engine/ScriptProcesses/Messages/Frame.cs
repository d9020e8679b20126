using System.Buffers.Binary;

namespace McpWorkflows.Engine.ScriptProcesses.Messages;

/// <summary>
/// One message on a pipe: the payload's length (4 bytes), the number of the run (4 bytes), the kind (1 byte), the payload.
/// </summary>
internal readonly record struct Frame(FrameKind Kind, int Run, ReadOnlyMemory<byte> Payload)
{
    public const int HeaderBytes = 9;

    /// <summary>The most a script process may send at once; half as many characters.</summary>
    public const int MaxOutputBytes = 64 * 1024 * 1024;

    /// <summary>The most a script process is sent at once.</summary>
    public const int MaxInputBytes = 1024 * 1024 * 1024;

    /// <summary>The next frame, or null at the end of the stream. Throws <see cref="FrameFaultException"/>.</summary>
    public static Frame? Read(Stream stream, int maxBytes)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length < 0 || length > maxBytes)
        {
            throw new FrameFaultException("a frame of impossible length");
        }

        var payload = new byte[length];
        return stream.ReadAtLeast(payload, length, throwOnEndOfStream: false) < length
            ? null
            : new Frame((FrameKind)header[8], BinaryPrimitives.ReadInt32LittleEndian(header[4..]), payload);
    }
}

/// <summary>What a frame says. The first three go to the script process, the others come from it.</summary>
internal enum FrameKind : byte
{
    /// <summary>A <c>ScriptInput</c>.</summary>
    Turn = 1,

    /// <summary>The run is over as far as the server is concerned; a slice that runs is stopped.</summary>
    Close = 2,

    /// <summary>Inputs that were taken before, one after the other; what the script says to them is known already.</summary>
    Replay = 3,

    /// <summary>The process is warm and confined; the payload says how.</summary>
    Ready = 10,

    /// <summary>A turn's end: bytes on the heap, the digest, the <c>ScriptOutput</c>s.</summary>
    Outputs = 11,

    /// <summary>The run went over the memory limit, but others stand in the same heap: it is to be tried alone.</summary>
    MemoryDoubt = 12,

    /// <summary>A defect of ours; the payload is its message.</summary>
    Fault = 13,

    /// <summary>A closed run's slice has ended.</summary>
    Stopped = 14,

    /// <summary>A replay's end: the digest of every turn.</summary>
    Replayed = 15,
}
