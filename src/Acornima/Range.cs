namespace Acornima;

/// <summary>A stretch of a source text as UTF-16 offsets, end exclusive.</summary>
public readonly struct Range : IEquatable<Range>
{
    public readonly int Start;
    public readonly int End;

    internal Range(int start, int end)
    {
        Start = start;
        End = end;
    }

    public static Range From(int start, int end) => new(start, end);

    public int Length => End - Start;

    public void Deconstruct(out int start, out int end) => (start, end) = (Start, End);

    public bool Equals(Range other) => Start == other.Start && End == other.End;

    public override bool Equals(object? obj) => obj is Range other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Start, End);

    public static bool operator ==(Range left, Range right) => left.Equals(right);

    public static bool operator !=(Range left, Range right) => !left.Equals(right);

    public override string ToString() => $"[{Start}..{End})";
}
