using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Acornima.RegularExpressions;

/// <summary>
/// Writes a parsed pattern as a .NET one that matches the same on every subject, or says why it cannot.
/// A refusal costs a host little, as it falls back to a matcher of its own; a wrong match would go unnoticed.
/// </summary>
internal sealed class RegExpConverter
{
    /// <summary>
    /// ECMAScript makes a reference to a group without a match succeed, as JavaScript has it, and gives <c>\b</c>,
    /// <c>\w</c> and <c>\d</c> their ASCII meaning. Case, <c>.</c>, <c>^</c>, <c>$</c> and <c>\s</c> differ even so and
    /// are spelled out, which leaves nothing to the culture.
    /// </summary>
    public const RegexOptions Options = RegexOptions.ECMAScript;

    /// <summary>
    /// The longest pattern that is converted, in code units. .NET joins literals in time quadratic to their length, out of
    /// reach of any timeout: a million of them take minutes.
    /// </summary>
    public const int MaximumLength = 10_000;

    private readonly StringBuilder _text = new();
    private readonly bool[] _isClosed;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private RegExpFlags _flags;
    private int _lookbehindDepth;
    private string? _refusal;

    private RegExpConverter(RegExpPattern pattern)
    {
        _flags = pattern.Flags;
        _isClosed = new bool[pattern.GroupNames.Length];
        if ((_flags & (RegExpFlags.Unicode | RegExpFlags.UnicodeSets)) != 0)
        {
            _refusal = "code points are not code units";
        }

        for (var number = 1; number < pattern.GroupNames.Length; number++)
        {
            if (pattern.GroupNames[number] is { } name && !_numbers.TryAdd(name, number))
            {
                _refusal = "duplicate group names";
            }
        }
    }

    /// <remarks>
    /// The <c>y</c> flag is left to the caller, which compares the index of the match: the same expression also serves
    /// searches that are not sticky, so it must not be anchored.
    /// </remarks>
    public static bool TryConvert(
        string source,
        RegExpPattern pattern,
        [NotNullWhen(true)] out string? converted,
        [NotNullWhen(false)] out string? refusal)
    {
        if (source.Length > MaximumLength)
        {
            (converted, refusal) = (null, "too long");
            return false;
        }

        var converter = new RegExpConverter(pattern);
        if (converter._refusal is null)
        {
            converter.Write(pattern.Root);
        }

        refusal = converter._refusal;
        converted = refusal is null ? converter._text.ToString() : null;
        return refusal is null;
    }

    private void Write(RegExpNode node)
    {
        if (_refusal is not null)
        {
            return;
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            _refusal = "nested too deeply";
            return;
        }

        switch (node)
        {
            case RegExpSequence sequence:
                foreach (var term in sequence.Terms)
                {
                    Write(term);
                }

                break;
            case RegExpAlternation alternation:
                WriteAlternation(alternation);
                break;
            case RegExpCharacter character when !Has(RegExpFlags.IgnoreCase):
                DotNetSyntax.AppendUnit(_text, (char)character.Value);
                break;
            case RegExpCharacter character:
                WriteSet(CodeUnitSet.Of([((char)character.Value, (char)character.Value)]), isNegated: false);
                break;
            case RegExpDot:
                WriteSet(Has(RegExpFlags.DotAll) ? CodeUnitSet.All : CodeUnitSet.LineTerminators.Complement(), isNegated: false);
                break;
            case RegExpSet set:
                WriteSet(set.Units!, set.IsNegated);
                break;
            case RegExpAssertion assertion:
                _text.Append(DotNetSyntax.Assertion(assertion.Kind, Has(RegExpFlags.Multiline)));
                break;
            case RegExpLookaround lookaround:
                WriteLookaround(lookaround);
                break;
            case RegExpGroup group:
                WriteGroup(group);
                break;
            case RegExpBackreference reference:
                WriteBackreference(reference);
                break;
            case RegExpQuantifier quantifier:
                WriteQuantifier(quantifier);
                break;
        }
    }

    private void WriteAlternation(RegExpAlternation alternation)
    {
        for (var i = 0; i < alternation.Alternatives.Count; i++)
        {
            _text.Append(i == 0 ? "" : "|");
            Write(alternation.Alternatives[i]);
        }
    }

    private void WriteSet(CodeUnitSet units, bool isNegated)
    {
        var folded = Has(RegExpFlags.IgnoreCase) ? units.CloseUnderCase() : units;
        if (folded is null)
        {
            _refusal = "letters beyond ASCII without regard to case";
            return;
        }

        DotNetSyntax.AppendSet(_text, isNegated ? folded.Complement() : folded);
    }

    private void WriteLookaround(RegExpLookaround lookaround)
    {
        _lookbehindDepth += lookaround.IsBehind ? 1 : 0;
        _text.Append(lookaround.IsBehind ? "(?<" : "(?").Append(lookaround.IsNegative ? '!' : '=');
        Write(lookaround.Body);
        _text.Append(')');
        _lookbehindDepth -= lookaround.IsBehind ? 1 : 0;
    }

    // Named groups lose their names: .NET would number them after the unnamed ones.
    private void WriteGroup(RegExpGroup group)
    {
        var outer = _flags;
        _flags = (_flags | group.Added) & ~group.Removed;
        _text.Append(group.Number > 0 ? "(" : "(?:");
        Write(group.Body);
        _text.Append(')');
        _flags = outer;
        _isClosed[group.Number] = true;
    }

    private void WriteBackreference(RegExpBackreference reference)
    {
        var number = reference.Name is { } name ? _numbers[name] : reference.Number;
        if (!_isClosed[number] || _lookbehindDepth > 0)
        {
            _refusal = "a reference to a group that is not complete by then";
        }
        else if (Has(RegExpFlags.IgnoreCase))
        {
            _refusal = "a reference without regard to case";
        }
        else
        {
            _text.Append("\\k<").Append(number).Append('>');
        }
    }

    private void WriteQuantifier(RegExpQuantifier quantifier)
    {
        switch (quantifier.Atom)
        {
            case RegExpLookaround:
                _refusal = "a repeated lookahead";
                return;
            // JavaScript forgets at each round what the round before captured; .NET remembers.
            case RegExpGroup { Body.HasCaptures: true }:
                _refusal = "groups in a repeated group";
                return;
            // JavaScript backs out of an empty round; .NET takes it and stops repeating.
            case RegExpGroup { Body.CanBeEmpty: true }:
                _refusal = "a repeated group that can be empty";
                return;
        }

        Write(quantifier.Atom);
        _text.Append(DotNetSyntax.Quantifier(quantifier.Minimum, quantifier.Maximum)).Append(quantifier.IsLazy ? "?" : "");
    }

    private bool Has(RegExpFlags flag) => (_flags & flag) != 0;
}
