using System.Text.RegularExpressions;

namespace Acornima.Tests.RegExp;

public sealed class RegExpConversionTests
{
    /// <summary>Pattern, flags, subject, and what <c>matchAll</c> finds in Node.js; one match unless the flags say g.</summary>
    public static readonly TheoryData<string, string, string, string> Matches = new()
    {
        { "a.c", "", "a\u000Ac a\u2028c a\u000Dc abc a\u0085c", "12:[abc]" },
        { "a.c", "s", "a\u000Ac a\u2028c", "0:[a\u000Ac]" },
        { ".", "g", "a\u000A\u000D\u2028\u2029\u0085b", "0:[a] 5:[\u0085] 6:[b]" },
        { "^b", "", "a\u000Ab", "" },
        { "^b", "m", "a\u000Ab", "2:[b]" },
        { "^b", "m", "a\u000Db", "2:[b]" },
        { "^b", "m", "a\u2028b", "2:[b]" },
        { "a$", "", "a\u000A", "" },
        { "a$", "m", "a\u000Ab", "0:[a]" },
        { "a$", "m", "a\u000D\u000Ab", "0:[a]" },
        { "^", "gm", "a\u000D\u000Ab", "0:[] 2:[] 3:[]" },
        { "$", "gm", "a\u000D\u000Ab", "1:[] 2:[] 4:[]" },
        { "^$", "gm", "\u000A\u000A", "0:[] 1:[] 2:[]" },
        { "\\d+", "", "x\u0660\u06611", "3:[1]" },
        { "\\D", "", "1\u0660", "1:[\u0660]" },
        { "\\w+", "", "\u00E9t\u00E9", "1:[t]" },
        { "\\W", "g", "a\u00E9\u017Fk", "1:[\u00E9] 2:[\u017F]" },
        { "\\s", "g", " \u00A0\uFEFF\u180E\u2028\u200B\u0085\u3000\u1680", "0:[ ] 1:[\u00A0] 2:[\uFEFF] 4:[\u2028] 7:[\u3000] 8:[\u1680]" },
        { "\\S", "g", " a\u0085\uFEFF\u200B", "1:[a] 2:[\u0085] 4:[\u200B]" },
        { "[\\s\\S]", "g", "a\u000A\u2028", "0:[a] 1:[\u000A] 2:[\u2028]" },
        { "\\bfoo\\b", "", "\u00E9foo\u00E9", "1:[foo]" },
        { "\\b", "g", "a \u00E9b", "0:[] 1:[] 3:[] 4:[]" },
        { "\\B", "g", "ab", "1:[]" },
        { "\\bx", "", "\u200Dx", "1:[x]" },
        { "[^]", "", "\u000A", "0:[\u000A]" },
        { "[]", "", "a", "" },
        { "a[]|b", "", "ab", "1:[b]" },
        { "[]*b", "", "ab", "1:[b]" },
        { "[^]*", "", "a\u000Ab", "0:[a\u000Ab]" },
        { "[^a]", "", "a\u000Ab", "1:[\u000A]" },
        { "(a)|b\\1", "", "b", "0:[b]<undefined>" },
        { "(?:(a)|b)\\1c", "", "bc", "0:[bc]<undefined>" },
        { "(a?)b\\1", "", "b", "0:[b][]" },
        { "(a+)b\\1", "", "aabaa", "0:[aabaa][aa]" },
        { "(?!(a))b\\1", "", "b", "0:[b]<undefined>" },
        { "(?=(a+))\\1b", "", "aab", "0:[aab][aa]" },
        { "(?=(a+))a*b\\1", "", "baaabac", "3:[aba][a]" },
        { "(?<year>\\d{4})-(\\d\\d)-(?<day>\\d\\d)", "", "on 2026-11-20", "3:[2026-11-20][2026][11][20]" },
        { "(?<b>b)(a)(?<c>c)\\k<b>\\2", "", "bacba", "0:[bacba][b][a][c]" },
        { "(?<q>['\"]).*?\\k<q>", "", "say \"it's\" now", "4:[\"it's\"][\"]" },
        { "\\cJ", "", "\u000A", "0:[\u000A]" },
        { "\\c", "", "\\c", "0:[\\c]" },
        { "[\\c]", "g", "\\c", "0:[\\] 1:[c]" },
        { "[\\c1]", "", "\u0011", "0:[\u0011]" },
        { "\\0", "", "\u0000", "0:[\u0000]" },
        { "\\07", "", "\u0007", "0:[\u0007]" },
        { "\\101", "", "A", "0:[A]" },
        { "\\400", "", " 0", "0:[ 0]" },
        { "\\8", "", "8", "0:[8]" },
        { "[\\1]", "", "\u0001", "0:[\u0001]" },
        { "\\18", "", "\u00018", "0:[\u00018]" },
        { "(a)\\2", "", "a\u0002", "0:[a\u0002][a]" },
        { "\\x41\\u0042\\u{2}", "", "ABuu", "0:[ABuu]" },
        { "\\x4", "", "x4", "0:[x4]" },
        { "\\u12", "", "u12", "0:[u12]" },
        { "\\a\\z\\-", "", "az-", "0:[az-]" },
        { "\\p{L}", "", "p{L}", "0:[p{L}]" },
        { "\\k<a>", "", "k<a>", "0:[k<a>]" },
        { "{,2}", "", "{,2}", "0:[{,2}]" },
        { "a{,2}", "", "a{,2}", "0:[a{,2}]" },
        { "a{2", "", "a{2", "0:[a{2]" },
        { "]", "", "]", "0:[]]" },
        { "}", "", "}", "0:[}]" },
        { "[a-\\d]", "g", "a-5b", "0:[a] 1:[-] 2:[5]" },
        { "[\\w-z]", "g", "-", "0:[-]" },
        { "[--9]", "g", "-./09:", "0:[-] 1:[.] 2:[/] 3:[0] 4:[9]" },
        { "[a\\]b]", "g", "]b[", "0:[]] 1:[b]" },
        { "[\\b]", "", "\u0008", "0:[\u0008]" },
        { "[^\\d\\s]", "g", "1 a\u00A0", "2:[a]" },
        { "[^\\W]", "g", "\u00E9a", "1:[a]" },
        { "[\\W\\d]", "g", "a1-\u00E9", "1:[1] 2:[-] 3:[\u00E9]" },
        { "HeLLo", "i", "hello", "0:[hello]" },
        { "[a-f]+", "i", "xABCDEFG", "1:[ABCDEF]" },
        { "[^a]", "gi", "aAbB", "2:[b] 3:[B]" },
        { "k", "gi", "kK\u212A", "0:[k] 1:[K]" },
        { "s", "gi", "sS\u017F", "0:[s] 1:[S]" },
        { "[i-k]", "gi", "IiJjKk\u0130\u0131\u212A", "0:[I] 1:[i] 2:[J] 3:[j] 4:[K] 5:[k]" },
        { "\\w", "gi", "\u017F\u212Ak", "2:[k]" },
        { "\\W", "gi", "\u017F\u212Ak", "0:[\u017F] 1:[\u212A]" },
        { "[^k]", "gi", "k\u212AK", "1:[\u212A]" },
        { "\\bk", "i", "\u017Fk", "1:[k]" },
        { "[\\W_]", "gi", "kK_ \u212A", "2:[_] 3:[ ] 4:[\u212A]" },
        { "[@-Z]", "gi", "@`az[{", "0:[@] 2:[a] 3:[z]" },
        { "i", "gi", "\u0130\u0131Ii", "2:[I] 3:[i]" },
        { "\\S", "gi", "Kk \u212A", "0:[K] 1:[k] 3:[\u212A]" },
        { "[Z-a]", "gi", "ZzAa_b", "0:[Z] 1:[z] 2:[A] 3:[a] 4:[_]" },
        { "(a|ab)(c|bcd)(d*)", "", "abcd", "0:[abcd][a][bcd][]" },
        { "a*?b", "", "aab", "0:[aab]" },
        { "a{2}", "", "aaa", "0:[aa]" },
        { "a{2,}", "", "aaaa", "0:[aaaa]" },
        { "a{1,2}?", "", "aaa", "0:[a]" },
        { "a{0}b", "", "ab", "1:[b]" },
        { "(?:ab){2}", "", "ababab", "0:[abab]" },
        { "(ab)*", "", "ababa", "0:[abab][ab]" },
        { "(a|b)+", "", "abba", "0:[abba][a]" },
        { "(?:a|b)+?c", "", "abac", "0:[abac]" },
        { "x|", "g", "axb", "0:[] 1:[x] 2:[] 3:[]" },
        { "", "g", "ab", "0:[] 1:[] 2:[]" },
        { "(?:)", "g", "ab", "0:[] 1:[] 2:[]" },
        { "|a", "", "a", "0:[]" },
        { "(?<=(\\d+)(\\d+))$", "", "1053", "4:[][1][053]" },
        { "(?<=\\$)\\d+", "", "a $42", "3:[42]" },
        { "(?<!\\$)\\b\\d+", "", "$42 17", "4:[17]" },
        { "(?<=([abc])+)def", "", "abcdef", "3:[def][a]" },
        { "(?<=^|,)[^,]*", "g", "a,,b", "0:[a] 2:[] 3:[b]" },
        { "(?<=a(?=b))b", "", "ab", "1:[b]" },
        { "(?<![^])a", "g", "aa", "0:[a]" },
        { "foo(?=bar)", "", "foobaz foobar", "7:[foo]" },
        { "foo(?!bar)", "", "foobar foobaz", "7:[foo]" },
        { "(?=(?=(a))b|(a))a", "", "a", "0:[a]<undefined>[a]" },
        { "\uD83D", "g", "\uD83D\uDE00", "0:[\uD83D]" },
        { ".", "g", "\uD83D\uDE00", "0:[\uD83D] 1:[\uDE00]" },
        { "[\uD83D\uDE00]", "g", "\uD83D\uDE00x", "0:[\uD83D] 1:[\uDE00]" },
        { "\uD83D\uDE00{2}", "", "\uD83D\uDE00\uDE00", "0:[\uD83D\uDE00\uDE00]" },
        { "\uD83D\uDE00+", "", "\uD83D\uDE00\uDE00", "0:[\uD83D\uDE00\uDE00]" },
        { "\u00E9", "", "\u00C9\u00E9", "1:[\u00E9]" },
        { "[\u00E0-\u00FF]+", "", "x\u00E9\u00E8", "1:[\u00E9\u00E8]" },
        { " # x", "", "a # x", "1:[ # x]" },
        { "a b", "", "a b", "0:[a b]" },
        { "\\/", "", "/", "0:[/]" },
        { "\\$\\^\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|", "", "$^.*+?()[]{}|", "0:[$^.*+?()[]{}|]" },
        { "\\t\\n\\v\\f\\r", "", "\u0009\u000A\u000B\u000C\u000D", "0:[\u0009\u000A\u000B\u000C\u000D]" },
        { "([^=&]+)=([^&]*)", "g", "a=1&b=&c=3", "0:[a=1][a][1] 4:[b=][b][] 7:[c=3][c][3]" },
        { "^[\\w.+-]+@[\\w-]+\\.[\\w.]+$", "", "jo.e+x@ex-ample.org", "0:[jo.e+x@ex-ample.org]" },
        { "^\\s+|\\s+$", "g", "  trim \u000A", "0:[  ] 6:[ \u000A]" },
        { "(\\d+)(?:px|em)?", "g", "10px 2em 3", "0:[10px][10] 5:[2em][2] 9:[3][3]" },
        { "(a)(b)?(c)?", "", "ab", "0:[ab][a][b]<undefined>" },
        { "(z)((a+)?(b+)?(c))", "", "zaacb", "0:[zaac][z][aac][aa]<undefined>[c]" },
        { "(?:(x)|(y))z", "g", "xzyz", "0:[xz][x]<undefined> 2:[yz]<undefined>[y]" },
    };

    /// <summary>As <see cref="Matches"/>, by the text of ECMA-262: the Node.js at hand lacks modifiers.</summary>
    public static readonly TheoryData<string, string, string, string> MatchesWithModifiers = new()
    {
        { "a(?i:b)c", "g", "abc aBc Abc aBC", "0:[abc] 4:[aBc]" },
        { "a(?-i:b)c", "gi", "ABC AbC", "4:[AbC]" },
        { "(?s:.)(.)?", "", "\na\n", "0:[\na][a]" },
        { "(?-s:.)+", "s", "\nab\n", "1:[ab]" },
        { "(?m:^)a|b$", "g", "b\na", "2:[a]" },
        { "(?m-i:^a)b", "gi", "x\naB\nAb", "2:[aB]" },
    };

    [Theory]
    [MemberData(nameof(Matches), DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(MatchesWithModifiers), DisableDiscoveryEnumeration = true)]
    public void AdaptRegExp_Match_IsThatOfJavaScript(string pattern, string flags, string subject, string expected)
    {
        foreach (var compiled in new[] { false, true })
        {
            var result = Tokenizer.AdaptRegExp(pattern, flags, compiled);

            Assert.Null(result.ConversionError?.Description);
            Assert.Equal(expected, Print(result, subject, flags.Contains('g', StringComparison.Ordinal)));
        }
    }

    private static string Print(RegExpParseResult result, string subject, bool isGlobal)
    {
        var matches = result.Regex!.Matches(subject).Take(isGlobal ? int.MaxValue : 1);
        return string.Join(' ', matches.Select(match =>
        {
            var groups = Enumerable.Range(0, result.ActualRegexGroupCount).Select(number => match.Groups[number]);
            return $"{match.Index}:{string.Concat(groups.Select(static g => g.Success ? $"[{g.Value}]" : "<undefined>"))}";
        }));
    }
}
