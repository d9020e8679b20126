namespace Acornima;

/// <summary>Reads the tokens of a source text, comments and white space left out. Templates are read up to their first character.</summary>
public sealed partial class Tokenizer
{
    private readonly Lexer _lexer = new();

    public Tokenizer(string input) => Reset(input);

    /// <summary>The token last read.</summary>
    public Token Current { get; private set; }

    public void Reset(string input, SourceType sourceType = SourceType.Script, string? sourceFile = null)
        => Reset(input, 0, input.Length, sourceType, sourceFile);

    /// <param name="start">UTF-16 offset at which to begin.</param>
    public void Reset(string input, int start, int length, SourceType sourceType = SourceType.Script, string? sourceFile = null)
    {
        _lexer.Reset(input, start, length, sourceType == SourceType.Module, sourceFile);
        Current = default;
    }

    /// <summary>Reads the next token; at the end of the text that is <see cref="TokenKind.EOF"/>, over and over.</summary>
    /// <exception cref="ParseErrorException">No token begins here.</exception>
    public void Next(in TokenizerContext context = default)
    {
        _lexer.Next();
        if (context.ExpressionAllowed && _lexer.Type is (TT.Slash or TT.SlashAssign))
        {
            _lexer.ReadRegExp();
        }

        Current = new Token(KindOf(_lexer.Type), _lexer.Start, _lexer.End);
    }

    private static TokenKind KindOf(TT type) => type switch
    {
        TT.EndOfFile => TokenKind.EOF,
        TT.Null => TokenKind.NullLiteral,
        TT.True or TT.False => TokenKind.BooleanLiteral,
        TT.String => TokenKind.StringLiteral,
        TT.Number => TokenKind.NumericLiteral,
        TT.BigInt => TokenKind.BigIntLiteral,
        TT.RegExp => TokenKind.RegExpLiteral,
        TT.BackQuote => TokenKind.Template,
        TT.PrivateName => TokenKind.PrivateIdentifier,
        >= TT.Break => TokenKind.Keyword,
        >= TT.Identifier => TokenKind.Identifier,
        _ => TokenKind.Punctuator,
    };
}
