namespace Acornima.RegularExpressions;

/// <summary>A piece of a parsed pattern.</summary>
internal abstract class RegExpNode(bool canBeEmpty, bool hasCaptures)
{
    /// <summary>Whether the piece can match without consuming anything.</summary>
    public bool CanBeEmpty { get; } = canBeEmpty;

    /// <summary>Whether there is a capturing group in it, at any depth.</summary>
    public bool HasCaptures { get; } = hasCaptures;
}

internal sealed class RegExpAlternation(IReadOnlyList<RegExpNode> alternatives)
    : RegExpNode(alternatives.Any(static a => a.CanBeEmpty), alternatives.Any(static a => a.HasCaptures))
{
    public IReadOnlyList<RegExpNode> Alternatives { get; } = alternatives;
}

internal sealed class RegExpSequence(IReadOnlyList<RegExpNode> terms)
    : RegExpNode(terms.All(static t => t.CanBeEmpty), terms.Any(static t => t.HasCaptures))
{
    public IReadOnlyList<RegExpNode> Terms { get; } = terms;
}

/// <summary>A code unit, or under <c>u</c> or <c>v</c> a code point.</summary>
internal sealed class RegExpCharacter(int value) : RegExpNode(canBeEmpty: false, hasCaptures: false)
{
    public int Value { get; } = value;
}

internal sealed class RegExpDot() : RegExpNode(canBeEmpty: false, hasCaptures: false)
{
    public static readonly RegExpDot Instance = new();
}

/// <summary>A class or class escape.</summary>
internal sealed class RegExpSet(CodeUnitSet? units, bool isNegated) : RegExpNode(canBeEmpty: false, hasCaptures: false)
{
    /// <summary>The members before negation; null under <c>u</c> or <c>v</c>, where a class is checked and not computed.</summary>
    public CodeUnitSet? Units { get; } = units;

    public bool IsNegated { get; } = isNegated;
}

internal enum RegExpAssertionKind
{
    Start,
    End,
    WordBoundary,
    NotWordBoundary,
}

internal sealed class RegExpAssertion(RegExpAssertionKind kind) : RegExpNode(canBeEmpty: true, hasCaptures: false)
{
    public RegExpAssertionKind Kind { get; } = kind;
}

internal sealed class RegExpLookaround(RegExpNode body, bool isBehind, bool isNegative) : RegExpNode(canBeEmpty: true, body.HasCaptures)
{
    public RegExpNode Body { get; } = body;

    public bool IsBehind { get; } = isBehind;

    public bool IsNegative { get; } = isNegative;
}

internal sealed class RegExpGroup(RegExpNode body, int number, RegExpFlags added, RegExpFlags removed)
    : RegExpNode(body.CanBeEmpty, number > 0 || body.HasCaptures)
{
    public RegExpNode Body { get; } = body;

    /// <summary>The number of a capturing group, 0 for any other.</summary>
    public int Number { get; } = number;

    /// <summary>The modifiers switched on in the body.</summary>
    public RegExpFlags Added { get; } = added;

    /// <summary>The modifiers switched off in the body.</summary>
    public RegExpFlags Removed { get; } = removed;
}

/// <summary>A reference by number, or by name, which several groups may bear.</summary>
internal sealed class RegExpBackreference(int number, string? name) : RegExpNode(canBeEmpty: true, hasCaptures: false)
{
    public int Number { get; } = number;

    public string? Name { get; } = name;
}

internal sealed class RegExpQuantifier(RegExpNode atom, int minimum, int maximum, bool isLazy)
    : RegExpNode(minimum == 0 || atom.CanBeEmpty, atom.HasCaptures)
{
    /// <summary>The <see cref="Maximum"/> of a quantifier without an upper bound.</summary>
    public const int Unbounded = int.MaxValue;

    public RegExpNode Atom { get; } = atom;

    public int Minimum { get; } = minimum;

    public int Maximum { get; } = maximum;

    public bool IsLazy { get; } = isLazy;
}
