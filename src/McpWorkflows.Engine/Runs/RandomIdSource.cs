using System.Buffers.Binary;
using System.Security.Cryptography;

namespace McpWorkflows.Engine.Runs;

/// <summary>Ids and seeds from the operating system's cryptographic randomness.</summary>
public sealed class RandomIdSource : IIdSource
{
    public string NewRunId() => "wf_" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 12);

    public long NewSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }
}
