namespace Acornima;

/// <summary>A source text is not a valid program.</summary>
public sealed class ParseErrorException : Exception
{
    public ParseErrorException(ParseError error, Exception? innerException = null)
        : base(error.ToString(), innerException)
    {
        Error = error;
    }

    public ParseError Error { get; }

    /// <summary>The message in V8's wording, without a place.</summary>
    public string Description => Error.Description;

    /// <summary>UTF-16 offset in the source text.</summary>
    public int Index => Error.Index;

    /// <summary>Counts from 1.</summary>
    public int LineNumber => Error.LineNumber;

    /// <summary>Counts from 0, in UTF-16 code units.</summary>
    public int Column => Error.Column;

    public string? SourceFile => Error.SourceFile;
}
