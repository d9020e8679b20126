using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace McpWorkflows.Engine.ScriptProcesses.Messages;

/// <summary>
/// Builds one frame between server and script process. Integers are little-endian; texts are UTF-16 code units, so that
/// half a surrogate pair survives.
/// </summary>
internal sealed class WireWriter
{
    private readonly int _maxBytes;
    private byte[] _bytes = new byte[256];
    private int _length = Frame.HeaderBytes;

    /// <param name="maxBytes">What does not fit throws <see cref="FrameTooLargeException"/>.</param>
    public WireWriter(int maxBytes = Frame.MaxInputBytes) => _maxBytes = maxBytes;

    public int Length => _length;

    public ReadOnlySpan<byte> Since(int start) => _bytes.AsSpan(start, _length - start);

    /// <summary>The frame, header included.</summary>
    public ReadOnlyMemory<byte> ToFrame(FrameKind kind, int run)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes, _length - Frame.HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(4), run);
        _bytes[8] = (byte)kind;
        return _bytes.AsMemory(0, _length);
    }

    public void Byte(byte value) => Take(1)[0] = value;

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void Long(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    /// <summary>Fills in what could not be known when its place was written.</summary>
    public void IntAt(int place, int value) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(place), value);

    public void LongAt(int place, long value) => BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(place), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    public void Span(TimeSpan value) => Long(value.Ticks);

    public void Text(string value)
    {
        Int(value.Length);
        var units = value.AsSpan();
        var target = Take(checked(value.Length * 2));
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(units).CopyTo(target);
            return;
        }

        for (var i = 0; i < units.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target[(2 * i)..], units[i]);
        }
    }

    public void OptionalText(string? value) => Optional(value, Text);

    public void OptionalInt(int? value) => Optional(value, Int);

    public void OptionalLong(long? value) => Optional(value, Long);

    public void OptionalDouble(double? value) => Optional(value, Double);

    public void OptionalItem<T>(T? value, Action<WireWriter, T> write)
        where T : class
    {
        Flag(value is not null);
        if (value is not null)
        {
            write(this, value);
        }
    }

    public void OptionalSpan(TimeSpan? value) => Optional(value, Span);

    public void OptionalTexts(IReadOnlyList<string>? values) => Optional(values, Texts);

    public void Texts(IReadOnlyList<string> values) => Items(values, static (to, value) => to.Text(value));

    public void Items<T>(IReadOnlyList<T> values, Action<WireWriter, T> write)
    {
        Int(values.Count);
        foreach (var value in values)
        {
            write(this, value);
        }
    }

    private void Optional<T>(T? value, Action<T> write)
        where T : class
    {
        Flag(value is not null);
        if (value is not null)
        {
            write(value);
        }
    }

    private void Optional<T>(T? value, Action<T> write)
        where T : struct
    {
        Flag(value.HasValue);
        if (value.HasValue)
        {
            write(value.Value);
        }
    }

    private Span<byte> Take(int count)
    {
        var needed = (long)_length + count;
        if (needed > _maxBytes)
        {
            throw new FrameTooLargeException();
        }

        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(needed, 2L * _bytes.Length), _maxBytes));
        }

        var taken = _bytes.AsSpan(_length, count);
        _length = (int)needed;
        return taken;
    }
}

/// <summary>A message is larger than any may be.</summary>
internal sealed class FrameTooLargeException() : Exception("The message is too large.");
