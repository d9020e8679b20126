using System.Diagnostics.CodeAnalysis;

namespace Acornima.RegularExpressions;

/// <summary>A valid pattern: its tree and the names of its capturing groups, by group number; entry 0 is the whole match.</summary>
internal sealed record RegExpPattern(RegExpNode Root, RegExpFlags Flags, string?[] GroupNames)
{
    /// <summary>Parses by the grammar of ECMA-262, Patterns, with Annex B where neither <c>u</c> nor <c>v</c> is set.</summary>
    public static bool TryParse(
        string pattern,
        string flags,
        EcmaVersion ecmaVersion,
        [NotNullWhen(true)] out RegExpPattern? parsed,
        [NotNullWhen(false)] out ParseError? error)
    {
        parsed = null;
        if (!RegExpFlagsText.TryParse(flags, ecmaVersion, out var flagSet))
        {
            error = new ParseError($"Invalid flags supplied to RegExp constructor '{flags}'", 0, 1, 0, null);
            return false;
        }

        try
        {
            parsed = new RegExpParser(pattern, flagSet, ecmaVersion).Parse();
            error = null;
            return true;
        }
        catch (RegExpSyntaxException exception)
        {
            error = ErrorAt(pattern, flagSet, exception.Message, exception.Index);
            return false;
        }
    }

    public static ParseError ErrorAt(string pattern, RegExpFlags flags, string message, int index)
    {
        var (line, lineStart) = (1, 0);
        for (var i = 0; i < index; i++)
        {
            if (pattern[i] is '\n' or '\u2028' or '\u2029' || (pattern[i] == '\r' && (i + 1 == pattern.Length || pattern[i + 1] != '\n')))
            {
                (line, lineStart) = (line + 1, i + 1);
            }
        }

        var description = $"Invalid regular expression: /{pattern}/{RegExpFlagsText.Print(flags)}: {message}";
        return new ParseError(description, index, line, index - lineStart, null);
    }
}
