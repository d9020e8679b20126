namespace Acornima;

/// <summary>A stretch of a source file, from the first character to just past the last.</summary>
public readonly struct SourceLocation : IEquatable<SourceLocation>
{
    public readonly Position Start;
    public readonly Position End;
    public readonly string? SourceFile;

    internal SourceLocation(Position start, Position end, string? sourceFile)
    {
        Start = start;
        End = end;
        SourceFile = sourceFile;
    }

    public static SourceLocation From(Position start, Position end, string? sourceFile = null) => new(start, end, sourceFile);

    public SourceLocation WithSourceFile(string sourceFile) => new(Start, End, sourceFile);

    public bool Equals(in SourceLocation other)
        => Start == other.Start && End == other.End && string.Equals(SourceFile, other.SourceFile, StringComparison.Ordinal);

    bool IEquatable<SourceLocation>.Equals(SourceLocation other) => Equals(in other);

    public override bool Equals(object? obj) => obj is SourceLocation other && Equals(in other);

    public override int GetHashCode() => HashCode.Combine(Start, End, SourceFile);

    public static bool operator ==(in SourceLocation left, in SourceLocation right) => left.Equals(in right);

    public static bool operator !=(in SourceLocation left, in SourceLocation right) => !left.Equals(in right);

    public override string ToString() => $"{SourceFile ?? "<anonymous>"}[{Start}..{End})";
}
