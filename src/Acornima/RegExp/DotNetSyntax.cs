using System.Globalization;
using System.Text;

namespace Acornima.RegularExpressions;

/// <summary>How the pieces of a pattern are spelled in .NET under <see cref="RegExpConverter.Options"/>.</summary>
internal static class DotNetSyntax
{
    private const string LineTerminator = @"\n\r\u2028\u2029";

    private static readonly (CodeUnitSet Set, string Text)[] Shorthands =
    [
        (CodeUnitSet.All, "(?s:.)"),
        (CodeUnitSet.Empty, "(?!)"),
        (CodeUnitSet.Digits, @"\d"),
        (CodeUnitSet.Digits.Complement(), @"\D"),
        (CodeUnitSet.Word, @"\w"),
        (CodeUnitSet.Word.Complement(), @"\W"),
        (CodeUnitSet.LineTerminators.Complement(), $"[^{LineTerminator}]"),
    ];

    public static string Assertion(RegExpAssertionKind kind, bool isMultiline) => kind switch
    {
        RegExpAssertionKind.Start => isMultiline ? $"(?<![^{LineTerminator}])" : "^",
        RegExpAssertionKind.End => isMultiline ? $"(?![^{LineTerminator}])" : @"\z",
        RegExpAssertionKind.WordBoundary => @"\b",
        _ => @"\B",
    };

    public static string Quantifier(int minimum, int maximum) => (minimum, maximum) switch
    {
        (0, RegExpQuantifier.Unbounded) => "*",
        (1, RegExpQuantifier.Unbounded) => "+",
        (0, 1) => "?",
        (_, RegExpQuantifier.Unbounded) => string.Create(CultureInfo.InvariantCulture, $"{{{minimum},}}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{{{minimum},{maximum}}}"),
    };

    public static void AppendSet(StringBuilder text, CodeUnitSet set)
    {
        if (set.Ranges is [var only] && only.First == only.Last)
        {
            AppendUnit(text, only.First);
            return;
        }

        foreach (var (known, shorthand) in Shorthands)
        {
            if (set.Equals(known))
            {
                text.Append(shorthand);
                return;
            }
        }

        // Most likely written as a negated class, and shorter as one.
        var isMostly = set.Ranges[^1].Last == char.MaxValue;
        text.Append(isMostly ? "[^" : "[");
        foreach (var (first, last) in (isMostly ? set.Complement() : set).Ranges)
        {
            AppendUnit(text, first);
            if (first < last)
            {
                AppendUnit(text.Append('-'), last);
            }
        }

        text.Append(']');
    }

    public static void AppendUnit(StringBuilder text, char unit)
    {
        if (char.IsAsciiLetterOrDigit(unit))
        {
            text.Append(unit);
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
        }
    }
}
