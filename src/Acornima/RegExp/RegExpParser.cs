using System.Runtime.CompilerServices;

namespace Acornima.RegularExpressions;

/// <summary>
/// Reads a pattern by recursive descent over the grammar of ECMA-262, Patterns. Messages are V8's.
/// Annex B applies exactly where neither <c>u</c> nor <c>v</c> is set.
/// </summary>
internal sealed partial class RegExpParser
{
    private readonly string _pattern;
    private readonly RegExpFlags _flags;
    private readonly EcmaVersion _ecmaVersion;
    private readonly bool _unicode;
    private readonly bool _unicodeSets;
    private readonly int _captureTotal;
    private readonly bool _hasGroupNames;
    private int _position;

    public RegExpParser(string pattern, RegExpFlags flags, EcmaVersion ecmaVersion)
    {
        _pattern = pattern;
        _flags = flags;
        _ecmaVersion = ecmaVersion;
        _unicodeSets = flags.HasFlag(RegExpFlags.UnicodeSets);
        _unicode = _unicodeSets || flags.HasFlag(RegExpFlags.Unicode);
        (_captureTotal, _hasGroupNames) = RegExpCaptureCensus.Take(pattern);
    }

    /// <summary>The code unit at the position, or -1 at the end.</summary>
    private int Current => Peek(0);

    public RegExpPattern Parse()
    {
        var root = ParseDisjunction();
        if (_position < _pattern.Length)
        {
            throw Error("Unmatched ')'");
        }

        CheckNamedReferences();
        return new RegExpPattern(root, _flags, [.. _groupNames]);
    }

    private RegExpNode ParseDisjunction()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error("Regular expression too large");
        }

        _scope = new AlternativeScope(_scope);
        var first = ParseAlternative();
        List<RegExpNode>? alternatives = null;
        while (TryEat('|'))
        {
            _scope.Alternative++;
            (alternatives ??= [first]).Add(ParseAlternative());
        }

        _scope = _scope.Close();
        return alternatives is null ? first : new RegExpAlternation(alternatives);
    }

    private RegExpNode ParseAlternative()
    {
        var terms = new List<RegExpNode>();
        while (Current is not (-1 or '|' or ')'))
        {
            terms.Add(ParseTerm());
        }

        return terms.Count == 1 ? terms[0] : new RegExpSequence(terms);
    }

    private RegExpNode ParseTerm()
    {
        var start = _position;
        switch (Current)
        {
            case '^':
                _position++;
                return new RegExpAssertion(RegExpAssertionKind.Start);
            case '$':
                _position++;
                return new RegExpAssertion(RegExpAssertionKind.End);
            case '\\' when Peek(1) is 'b' or 'B':
                _position += 2;
                return new RegExpAssertion(Peek(-1) == 'b' ? RegExpAssertionKind.WordBoundary : RegExpAssertionKind.NotWordBoundary);
            case '*' or '+' or '?':
            case '{' when TryParseInterval(out _, out _):
                throw Error("Nothing to repeat", start);
            case '{' or '}' or ']' when _unicode:
                throw Error("Lone quantifier brackets");
            case '(':
                return ParseQuantifier(ParseGroup(), start);
            case '[':
                return ParseQuantifier(ParseClass(), start);
            case '\\':
                return ParseQuantifier(ParseAtomEscape(), start);
            case '.':
                _position++;
                return ParseQuantifier(RegExpDot.Instance, start);
            default:
                return ParseQuantifier(new RegExpCharacter(ReadCharacter()), start);
        }
    }

    private RegExpNode ParseQuantifier(RegExpNode atom, int start)
    {
        int minimum;
        int maximum;
        switch (Current)
        {
            case '*':
                (minimum, maximum) = (0, RegExpQuantifier.Unbounded);
                _position++;
                break;
            case '+':
                (minimum, maximum) = (1, RegExpQuantifier.Unbounded);
                _position++;
                break;
            case '?':
                (minimum, maximum) = (0, 1);
                _position++;
                break;
            case '{' when TryParseInterval(out minimum, out maximum):
                if (maximum < minimum)
                {
                    throw Error("numbers out of order in {} quantifier");
                }

                break;
            case '{' when _unicode:
                throw Error("Incomplete quantifier");
            default:
                return atom;
        }

        // Annex B lets a lookahead be repeated, never a lookbehind.
        if (atom is RegExpLookaround lookaround && (_unicode || lookaround.IsBehind))
        {
            throw Error("Invalid quantifier", start);
        }

        return new RegExpQuantifier(atom, minimum, maximum, isLazy: TryEat('?'));
    }

    /// <summary>Reads <c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c>; anything else is left where it is.</summary>
    private bool TryParseInterval(out int minimum, out int maximum)
    {
        var start = _position++;
        maximum = RegExpQuantifier.Unbounded;
        if (TryParseDecimal(out minimum))
        {
            if (!TryEat(','))
            {
                maximum = minimum;
            }
            else if (TryParseDecimal(out var upper))
            {
                maximum = upper;
            }

            if (TryEat('}'))
            {
                return true;
            }
        }

        _position = start;
        return false;
    }

    /// <summary>A number too large to count to reads as <see cref="RegExpQuantifier.Unbounded"/>.</summary>
    private bool TryParseDecimal(out int value)
    {
        var start = _position;
        long number = 0;
        while (IsDigit(Current))
        {
            number = Math.Min((number * 10) + (_pattern[_position++] - '0'), int.MaxValue);
        }

        value = (int)number;
        return _position > start;
    }

    private int Peek(int offset) => _position + offset < _pattern.Length ? _pattern[_position + offset] : -1;

    private bool TryEat(char expected)
    {
        if (Current != expected)
        {
            return false;
        }

        _position++;
        return true;
    }

    private bool IsAt(string text) => string.CompareOrdinal(_pattern, _position, text, 0, text.Length) == 0;

    /// <summary>Reads one code unit, or under <c>u</c> or <c>v</c> one code point.</summary>
    private int ReadCharacter() => _unicode ? ReadCodePoint() : _pattern[_position++];

    private int ReadCodePoint()
    {
        var unit = _pattern[_position++];
        return char.IsHighSurrogate(unit) && Current >= 0 && char.IsLowSurrogate((char)Current)
            ? char.ConvertToUtf32(unit, _pattern[_position++])
            : unit;
    }

    private static bool IsDigit(int unit) => unit is >= '0' and <= '9';

    private RegExpSyntaxException Error(string message) => Error(message, _position);

    private static RegExpSyntaxException Error(string message, int index) => new(message, index);
}
