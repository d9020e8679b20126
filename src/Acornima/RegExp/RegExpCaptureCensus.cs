namespace Acornima.RegularExpressions;

/// <summary>
/// Counts the capturing groups of a pattern before it is parsed: under Annex B the meaning of <c>\2</c> and of
/// <c>\k</c> hangs on groups still to come.
/// </summary>
internal static class RegExpCaptureCensus
{
    public static (int Captures, bool HasNames) Take(string pattern)
    {
        var (captures, hasNames, inClass) = (0, false, false);
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass && IsNamed(pattern, i):
                    hasNames = true;
                    captures++;
                    break;
                case '(' when !inClass && !(i + 1 < pattern.Length && pattern[i + 1] == '?'):
                    captures++;
                    break;
            }
        }

        return (captures, hasNames);
    }

    private static bool IsNamed(string pattern, int parenthesis)
        => string.CompareOrdinal(pattern, parenthesis, "(?<", 0, 3) == 0
            && !(parenthesis + 3 < pattern.Length && pattern[parenthesis + 3] is '=' or '!');
}
