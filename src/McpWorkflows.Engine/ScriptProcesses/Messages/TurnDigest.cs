using System.Buffers.Binary;
using System.Numerics;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.ScriptProcesses.Messages;

/// <summary>What a turn said, boiled down: a replay that says something else has taken another path.</summary>
internal readonly record struct TurnDigest(int Count, ulong Hash)
{
    /// <summary>Appends messages to a frame and sums them up.</summary>
    public static TurnDigest Write(WireWriter writer, IReadOnlyList<ScriptOutput> outputs)
    {
        var hash = 0UL;
        foreach (var output in outputs)
        {
            var start = writer.Length;
            ScriptMessages.Outputs.Write(writer, output);

            // Lines may tell of what differs from time to time, such as how deep a recursion came.
            var said = writer.Since(start);
            hash = Add(hash, output is Logged or BranchFailed ? said[..1] : said);
        }

        return new TurnDigest(outputs.Count, hash);
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var one in bytes)
        {
            hash = Mix(hash ^ one);
        }

        return hash;
    }

    // The odd constant is 2⁶⁴ over the golden ratio, as in Fibonacci hashing.
    private static ulong Mix(ulong hash) => BitOperations.RotateLeft(hash, 29) * 0x9E3779B97F4A7C15UL + 1;
}
