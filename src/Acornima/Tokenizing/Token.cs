namespace Acornima;

// Jint.dll carries the literals' numbers as compiled-in constants.
/// <summary>The kind of a token.</summary>
public enum TokenKind
{
    Unknown = 0,
    Punctuator = 1,
    Keyword = 2,
    Identifier = 3,
    NullLiteral = 4,
    BooleanLiteral = 5,
    StringLiteral = 6,
    NumericLiteral = 7,
    BigIntLiteral = 8,
    RegExpLiteral = 9,
    Template = 10,
    PrivateIdentifier = 11,
    EOF = 12,
}

/// <summary>A token and its place.</summary>
public readonly struct Token
{
    internal Token(TokenKind kind, int start, int end)
    {
        Kind = kind;
        Start = start;
        End = end;
    }

    public TokenKind Kind { get; }

    public int Start { get; }

    public int End { get; }
}

/// <summary>What a tokenizer cannot know by itself.</summary>
public readonly struct TokenizerContext
{
    /// <param name="expressionAllowed">Whether a `/` would begin a regular expression.</param>
    public TokenizerContext(bool expressionAllowed) => ExpressionAllowed = expressionAllowed;

    public bool ExpressionAllowed { get; }
}
