using System.Text;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>Writes Markdown in which whatever agents and scripts said is text and nothing else.</summary>
internal sealed class MarkdownText
{
    private readonly StringBuilder text = new();

    /// <summary>A line of the report itself.</summary>
    public MarkdownText Line(string line = "")
    {
        text.Append(line).Append('\n');
        return this;
    }

    /// <summary>Text that stands as it is, in a fence that it cannot close.</summary>
    public MarkdownText Block(string content, string language = "")
    {
        var fence = new string('`', Math.Max(3, LongestRun(content) + 1));
        return Line(fence + language).Line(Plain(content)).Line(fence).Line();
    }

    /// <param name="numbers">The first column that holds numbers; those after it do too.</param>
    public MarkdownText Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, int numbers = int.MaxValue)
    {
        Line($"| {string.Join(" | ", head)} |");
        Line($"|{string.Join('|', head.Select((_, column) => column >= numbers ? "---:" : "---"))}|");
        foreach (var row in rows)
            Line($"| {string.Join(" | ", row)} |");
        return Line();
    }

    public override string ToString() => text.ToString();

    /// <summary>Text of anybody within a line: no markup, no HTML, no link, no line break.</summary>
    public static string Inline(string? content)
    {
        var escaped = new StringBuilder();
        foreach (var unit in Plain(content ?? "").ReplaceLineEndings(" "))
        {
            switch (unit)
            {
                case '<':
                    escaped.Append("&lt;");
                    break;
                case '&':
                    escaped.Append("&amp;");
                    break;
                // With the entity no address is made a link.
                case ':':
                    escaped.Append(Ends(escaped, "http") || Ends(escaped, "https") || Ends(escaped, "ftp") || Ends(escaped, "mailto") ? "&#58;" : ":");
                    break;
                case '\\' or '`' or '*' or '_' or '{' or '}' or '[' or ']' or '(' or ')' or '#' or '+' or '!' or '|' or '~' or '>' or '$' or '@':
                    escaped.Append('\\').Append(unit);
                    break;
                default:
                    escaped.Append(unit);
                    break;
            }
        }

        return escaped.ToString().Replace("www.", "www&#46;", StringComparison.OrdinalIgnoreCase);
    }

    private static bool Ends(StringBuilder text, string word) =>
        text.Length >= word.Length && text.ToString(text.Length - word.Length, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase);

    private static string Plain(string content)
    {
        var plain = new StringBuilder(content.Length);
        foreach (var unit in content.ReplaceLineEndings("\n"))
            plain.Append(unit is '\n' or '\t' || !HtmlText.IsTricky(unit) ? unit : '\ufffd');
        return plain.ToString();
    }

    private static int LongestRun(string content)
    {
        var (longest, current) = (0, 0);
        foreach (var unit in content)
        {
            current = unit == '`' ? current + 1 : 0;
            longest = Math.Max(longest, current);
        }

        return longest;
    }
}
