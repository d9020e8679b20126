using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace McpWorkflows.Engine.ScriptProcesses.Messages;

/// <summary>
/// Reads what <see cref="WireWriter"/> wrote. The other side may have been taken over by a script: whatever does not add
/// up throws <see cref="FrameFaultException"/>, and nothing is allocated that the frame does not hold.
/// </summary>
internal sealed class WireReader(ReadOnlyMemory<byte> payload)
{
    private int _position;

    public bool IsAtEnd => _position == payload.Length;

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        _ => throw new FrameFaultException("a flag that is neither yes nor no"),
    };

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public TimeSpan Span() => TimeSpan.FromTicks(Long());

    public string Text()
    {
        var length = Int();
        if (length < 0 || length > (payload.Length - _position) / 2)
        {
            throw new FrameFaultException("a text longer than its frame");
        }

        var bytes = Take(length * 2);
        if (BitConverter.IsLittleEndian)
        {
            return new string(MemoryMarshal.Cast<byte, char>(bytes));
        }

        var units = new char[length];
        for (var i = 0; i < length; i++)
        {
            units[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]);
        }

        return new string(units);
    }

    public string? OptionalText() => Flag() ? Text() : null;

    public int? OptionalInt() => Flag() ? Int() : null;

    public long? OptionalLong() => Flag() ? Long() : null;

    public double? OptionalDouble() => Flag() ? Double() : null;

    public T? OptionalItem<T>(Func<WireReader, T> read)
        where T : class => Flag() ? read(this) : null;

    public TimeSpan? OptionalSpan() => Flag() ? Span() : null;

    public IReadOnlyList<string>? OptionalTexts() => Flag() ? Texts() : null;

    public IReadOnlyList<string> Texts() => Items(from => from.Text());

    public IReadOnlyList<T> Items<T>(Func<WireReader, T> read)
    {
        var count = Count();
        var values = new T[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = read(this);
        }

        return values;
    }

    /// <summary>A number of things that follow, each at least a byte long.</summary>
    public int Count()
    {
        var count = Int();
        return count >= 0 && count <= payload.Length - _position
            ? count
            : throw new FrameFaultException("more parts than its frame can hold");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > payload.Length - _position)
        {
            throw new FrameFaultException("a frame that ends too early");
        }

        var taken = payload.Span.Slice(_position, count);
        _position += count;
        return taken;
    }
}

/// <summary>A frame that no honest process sends.</summary>
internal sealed class FrameFaultException(string what) : Exception($"The script process sent {what}.");
