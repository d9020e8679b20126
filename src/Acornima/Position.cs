namespace Acornima;

/// <summary>A place in a source text. Lines count from 1, columns (UTF-16 code units) from 0.</summary>
public readonly struct Position : IEquatable<Position>
{
    public readonly int Line;
    public readonly int Column;

    internal Position(int line, int column)
    {
        Line = line;
        Column = column;
    }

    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or the line is 0 and the column is not.</exception>
    public static Position From(int line, int column)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(line);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        if (line == 0 && column != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(line));
        }

        return new Position(line, column);
    }

    public bool Equals(Position other) => Line == other.Line && Column == other.Column;

    public override bool Equals(object? obj) => obj is Position other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Line, Column);

    public static bool operator ==(Position left, Position right) => left.Equals(right);

    public static bool operator !=(Position left, Position right) => !left.Equals(right);

    public override string ToString() => $"({Line}:{Column})";
}
