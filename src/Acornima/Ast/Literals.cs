using System.Numerics;

namespace Acornima.Ast;

/// <summary>A literal.</summary>
public abstract class Literal : Expression
{
    private protected Literal(TokenKind kind, string raw) : base(NodeType.Literal)
    {
        Kind = kind;
        Raw = raw;
    }

    public TokenKind Kind { get; }

    /// <summary>The literal as written.</summary>
    public string Raw { get; }

    /// <summary>The value, boxed.</summary>
    public object? Value => GetValue();

    private protected abstract object? GetValue();

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitLiteral(this);
}

/// <summary>A string literal.</summary>
public sealed class StringLiteral : Literal
{
    public StringLiteral(string value, string raw) : base(TokenKind.StringLiteral, raw)
    {
        Value = value;
    }

    public new string Value { get; }

    private protected override object GetValue() => Value;
}

/// <summary>A number literal.</summary>
public sealed class NumericLiteral : Literal
{
    public NumericLiteral(double value, string raw) : base(TokenKind.NumericLiteral, raw)
    {
        Value = value;
    }

    public new double Value { get; }

    private protected override object GetValue() => Value;
}

/// <summary>A BigInt literal.</summary>
public sealed class BigIntLiteral : Literal
{
    public BigIntLiteral(BigInteger value, string raw) : base(TokenKind.BigIntLiteral, raw)
    {
        Value = value;
    }

    public new BigInteger Value { get; }

    private protected override object GetValue() => Value;
}

/// <summary>`true` or `false`.</summary>
public sealed class BooleanLiteral : Literal
{
    public BooleanLiteral(bool value, string raw) : base(TokenKind.BooleanLiteral, raw)
    {
        Value = value;
    }

    public new bool Value { get; }

    private protected override object GetValue() => Value;
}

/// <summary>`null`.</summary>
public sealed class NullLiteral : Literal
{
    public NullLiteral(string raw) : base(TokenKind.NullLiteral, raw)
    {
    }

    private protected override object? GetValue() => null;
}

/// <summary>A regular expression literal.</summary>
public sealed class RegExpLiteral : Literal
{
    public RegExpLiteral(RegExpValue regExp, RegExpParseResult parseResult, string raw) : base(TokenKind.RegExpLiteral, raw)
    {
        RegExp = regExp;
        ParseResult = parseResult;
    }

    public RegExpValue RegExp { get; }

    /// <summary>What <see cref="ParserOptions.OnRegExp"/> returned for the literal.</summary>
    public RegExpParseResult ParseResult { get; }

    private protected override object? GetValue() => ParseResult.Regex;
}
