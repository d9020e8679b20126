using System.Text;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>Writes HTML in which whatever agents and scripts said is text and nothing else.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder html = new();

    /// <summary>Markup of the report itself.</summary>
    public HtmlText Raw(string markup)
    {
        html.Append(markup);
        return this;
    }

    /// <summary>Text of anybody.</summary>
    public HtmlText Text(string? text)
    {
        html.Append(Escape(text));
        return this;
    }

    /// <summary>An element that holds a text.</summary>
    /// <param name="tag">With its attributes.</param>
    public HtmlText Element(string tag, string? text)
    {
        var end = tag.IndexOf(' ');
        return Raw($"<{tag}>").Text(text).Raw($"</{(end < 0 ? tag : tag[..end])}>");
    }

    public override string ToString() => html.ToString();

    /// <summary>For text and for attributes in quotes. What could turn or hide the text around it becomes visible.</summary>
    public static string Escape(string? text)
    {
        var escaped = new StringBuilder(text?.Length ?? 0);
        foreach (var unit in text ?? "")
        {
            _ = unit switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                '\n' or '\t' => escaped.Append(unit),
                '\r' => escaped,
                _ => escaped.Append(IsTricky(unit) ? '\ufffd' : unit),
            };
        }

        return escaped.ToString();
    }

    /// <summary>Control characters, and those that turn the direction of what follows.</summary>
    public static bool IsTricky(char unit) =>
        char.IsControl(unit) || unit is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f' or '\u061c';
}
