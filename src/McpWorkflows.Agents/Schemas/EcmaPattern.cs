using System.Globalization;
using System.Text;

namespace McpWorkflows.Agents.Schemas;

/// <summary>Regular expressions of JSON Schema are ECMAScript's; this puts them into .NET's words where the two differ.</summary>
internal static class EcmaPattern
{
    private const string Space = @"\s\ufeff";

    /// <summary>Unicode's long names for what .NET knows by the short ones.</summary>
    private const string LongNames = """
        Letter:L Uppercase_Letter:Lu Lowercase_Letter:Ll Titlecase_Letter:Lt Modifier_Letter:Lm Other_Letter:Lo Mark:M
        Number:N Decimal_Number:Nd digit:Nd Letter_Number:Nl Other_Number:No Punctuation:P punct:P Symbol:S Math_Symbol:Sm
        Currency_Symbol:Sc Separator:Z Space_Separator:Zs Other:C Control:Cc cntrl:Cc Alphabetic:L Uppercase:Lu
        Lowercase:Ll Script=Cyrillic:IsCyrillic Script=Greek:IsGreek
        """;

    private static readonly Dictionary<string, string> Categories = LongNames
        .Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)
        .ToDictionary(pair => pair.Split(':')[0], pair => pair.Split(':')[1], StringComparer.Ordinal);

    public static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 16);
        var inClass = false;
        for (var index = 0; index < pattern.Length; index++)
        {
            var character = pattern[index];
            switch (character)
            {
                case '\\' when index + 1 < pattern.Length:
                    index = Escape(pattern, index + 1, inClass, text);
                    break;
                case '[' when inClass:
                    text.Append(@"\[");
                    break;
                case '[' when pattern.AsSpan(index).StartsWith("[^]"):
                    text.Append(@"[\s\S]");
                    index += 2;
                    break;
                case '[' when pattern.AsSpan(index).StartsWith("[]"):
                    text.Append("(?!)");
                    index++;
                    break;
                case '[':
                    inClass = true;
                    text.Append('[');
                    break;
                case ']':
                    text.Append(inClass ? "]" : @"\]");
                    inClass = false;
                    break;
                case '$' when !inClass:
                    text.Append(@"\z");
                    break;
                case '.' when !inClass:
                    text.Append(@"[^\n\r\u2028\u2029]");
                    break;
                default:
                    text.Append(character);
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>Returns the index of the escape's last character.</summary>
    private static int Escape(string pattern, int index, bool inClass, StringBuilder text)
    {
        switch (pattern[index])
        {
            case 'd':
                text.Append(inClass ? "0-9" : "[0-9]");
                return index;
            case 'D' when !inClass:
                text.Append("[^0-9]");
                return index;
            case 'w':
                text.Append(inClass ? "A-Za-z0-9_" : "[A-Za-z0-9_]");
                return index;
            case 'W' when !inClass:
                text.Append("[^A-Za-z0-9_]");
                return index;
            case 's':
                text.Append(inClass ? Space : $"[{Space}]");
                return index;
            case 'S' when !inClass:
                text.Append(CultureInfo.InvariantCulture, $"[^{Space}]");
                return index;
            case '/' or '-':
                text.Append('\\').Append(pattern[index]);
                return index;
            case 'p' or 'P' when index + 1 < pattern.Length && pattern[index + 1] == '{' && pattern.IndexOf('}', index) is > 0 and var end:
                var name = pattern[(index + 2)..end];
                var bare = name.StartsWith("General_Category=", StringComparison.Ordinal) ? name[17..] : name.StartsWith("gc=", StringComparison.Ordinal) ? name[3..] : name;
                text.Append('\\').Append(pattern[index]).Append('{').Append(Categories.GetValueOrDefault(bare, bare)).Append('}');
                return end;
            case 'u' when index + 1 < pattern.Length && pattern[index + 1] == '{' && pattern.IndexOf('}', index) is > 0 and var close
                && int.TryParse(pattern.AsSpan(index + 2, close - index - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rune)
                && rune is <= 0x10FFFF and not (>= 0xD800 and <= 0xDFFF):
                foreach (var unit in char.ConvertFromUtf32(rune))
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
                }

                return close;
            default:
                text.Append('\\').Append(pattern[index]);
                return index;
        }
    }
}
