namespace Acornima;

/// <summary>The type of a token as the grammar tells tokens apart; the order is relied on by the range checks below.</summary>
internal enum TT : byte
{
    EndOfFile,

    BraceL,
    BraceR,
    ParenL,
    ParenR,
    BracketL,
    BracketR,
    Dot,
    Ellipsis,
    Semicolon,
    Comma,
    Question,
    QuestionDot,
    Colon,
    Arrow,
    BackQuote,
    At,

    Not,
    Tilde,
    Increment,
    Decrement,

    Assign,
    NullishAssign,
    LogicalOrAssign,
    LogicalAndAssign,
    OrAssign,
    XorAssign,
    AndAssign,
    ShiftLeftAssign,
    ShiftRightAssign,
    ShiftRightUnsignedAssign,
    PlusAssign,
    MinusAssign,
    StarAssign,
    SlashAssign,
    PercentAssign,
    StarStarAssign,

    Nullish,
    LogicalOr,
    LogicalAnd,
    Or,
    Xor,
    And,
    Equal,
    NotEqual,
    StrictEqual,
    StrictNotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    StarStar,

    Number,
    BigInt,
    String,
    TemplatePart,
    RegExp,
    PrivateName,

    // From here on: identifier names.
    Identifier,

    // Words with a meaning in places, identifiers elsewhere.
    Accessor,
    Arguments,
    As,
    Async,
    Await,
    Constructor,
    Defer,
    Eval,
    From,
    Get,
    Meta,
    Of,
    Prototype,
    Proto,
    Set,
    Source,
    Target,
    Using,

    // Words that strict mode reserves.
    Let,
    Static,
    Yield,
    Implements,
    Interface,
    Package,
    Private,
    Protected,
    Public,

    // A reserved word that was written with an escape.
    EscapedKeyword,

    // From here on: reserved words.
    Break,
    Case,
    Catch,
    Class,
    Const,
    Continue,
    Debugger,
    Default,
    Delete,
    Do,
    Else,
    Enum,
    Export,
    Extends,
    False,
    Finally,
    For,
    Function,
    If,
    Import,
    In,
    InstanceOf,
    New,
    Null,
    Return,
    Super,
    Switch,
    This,
    Throw,
    True,
    Try,
    TypeOf,
    Var,
    Void,
    While,
    With,
}

internal static class TokenTypes
{
    private static ReadOnlySpan<byte> Precedences =>
    [
        // From `??` to `**`; `??` shares a level with `||`, and the parser keeps them from mixing.
        1, 1, 2, 3, 4, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 9, 9, 10, 10, 10, 11,
    ];

    public static bool IsIdentifierName(this TT type) => type >= TT.Identifier;

    /// <summary>Whether the word may name a binding somewhere, strict mode and context aside.</summary>
    public static bool IsIdentifier(this TT type) => type is >= TT.Identifier and < TT.EscapedKeyword;

    public static bool IsReservedWord(this TT type) => type >= TT.Break;

    public static bool IsStrictReserved(this TT type) => type is >= TT.Let and <= TT.Public;

    public static bool IsAssignment(this TT type) => type is >= TT.Assign and <= TT.StarStarAssign;

    /// <summary>The precedence of a binary operator, or 0 for any other token.</summary>
    public static int Precedence(this TT type) => type switch
    {
        >= TT.Nullish and <= TT.StarStar => Precedences[type - TT.Nullish],
        TT.In or TT.InstanceOf => 7,
        _ => 0,
    };

    public static Operator AssignmentOperator(this TT type) => Operator.Assignment + (type - TT.Assign);

    public static Operator BinaryOperator(this TT type) => type switch
    {
        TT.In => Operator.In,
        TT.InstanceOf => Operator.InstanceOf,
        >= TT.ShiftLeft => Operator.LeftShift + (type - TT.ShiftLeft),
        _ => Operator.NullishCoalescing + (type - TT.Nullish),
    };
}
