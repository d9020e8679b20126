namespace Acornima;

/// <summary>What is wrong with a source text, and where.</summary>
public sealed class ParseError
{
    public ParseError(string description, int index, int lineNumber, int column, string? sourceFile)
        : this(description, index, lineNumber, column, sourceFile, code: null)
    {
    }

    internal ParseError(string description, int index, int lineNumber, int column, string? sourceFile, string? code)
    {
        Description = description;
        Index = index;
        LineNumber = lineNumber;
        Column = column;
        SourceFile = sourceFile;
        Code = code ?? "SyntaxError";
    }

    /// <summary>Names the kind of error; `InvalidLhsInAssignment` is the only one that consumers tell apart.</summary>
    public string Code { get; }

    /// <summary>The message in V8's wording, without a place.</summary>
    public string Description { get; }

    /// <summary>UTF-16 offset in the source text.</summary>
    public int Index { get; }

    /// <summary>Counts from 1.</summary>
    public int LineNumber { get; }

    /// <summary>Counts from 0, in UTF-16 code units.</summary>
    public int Column { get; }

    public Position Position => new(LineNumber, Column);

    public string? SourceFile { get; }

    /// <summary>The description with its place; like in a stack trace the column counts from 1.</summary>
    public override string ToString()
        => SourceFile is null ? $"{Description} ({LineNumber}:{Column + 1})" : $"{Description} ({SourceFile}:{LineNumber}:{Column + 1})";
}
