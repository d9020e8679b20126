using System.Text;

namespace McpWorkflows.Agents.AgentTypes;

/// <summary>
/// The head of a Markdown file between lines of three dashes, in the part of YAML that such heads use: <c>key: value</c>,
/// quoted values, lists in brackets or on lines of their own, and folded or literal blocks.
/// </summary>
internal sealed class FrontMatter
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.OrdinalIgnoreCase);

    private FrontMatter(string body) => Body = body;

    /// <summary>What follows the head.</summary>
    public string Body { get; }

    public static FrontMatter Parse(string text)
    {
        text = text.TrimStart('\ufeff').ReplaceLineEndings("\n");
        var lines = text.Split('\n');
        var end = lines[0].TrimEnd() == "---" ? Array.FindIndex(lines, 1, line => line.TrimEnd() is "---" or "...") : -1;
        var head = new FrontMatter(end < 0 ? text.Trim() : string.Join('\n', lines[(end + 1)..]).Trim());
        for (var index = 1; index < end;)
        {
            index = head.ReadEntry(lines, index, end);
        }

        return head;
    }

    public string? Text(string key) => _values.TryGetValue(key, out var values) && string.Join(", ", values) is { Length: > 0 } text ? text : null;

    /// <summary>A list as it stands, or one line taken apart at commas outside of parentheses; null when absent.</summary>
    public IReadOnlyList<string>? List(string key) =>
        !_values.TryGetValue(key, out var values) ? null : values.Count == 1 ? SplitAtCommas(values[0]) : values;

    /// <summary>A list as it stands; one line is one item.</summary>
    public IReadOnlyList<string>? Items(string key) => _values.GetValueOrDefault(key);

    /// <summary>Returns the line that follows the entry.</summary>
    private int ReadEntry(string[] lines, int index, int end)
    {
        var line = lines[index++];
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || char.IsWhiteSpace(line[0]) || line[0] == '#')
        {
            return index;
        }

        var key = line[..colon].Trim();
        var value = line[(colon + 1)..].Trim();
        var below = new List<string>();
        while (index < end && (lines[index].Length == 0 || char.IsWhiteSpace(lines[index][0]) || lines[index].StartsWith("- ", StringComparison.Ordinal)))
        {
            below.Add(lines[index++]);
        }

        _values[key] = Read(value, below);
        return index;
    }

    private static List<string> Read(string value, List<string> below)
    {
        if (value.StartsWith('|') || value.StartsWith('>'))
        {
            return [string.Join(value[0] == '|' ? '\n' : ' ', below.Select(line => line.Trim())).Trim()];
        }

        if (value.StartsWith('[') && value.EndsWith(']'))
        {
            return [.. SplitAtCommas(value[1..^1]).Select(Unquote)];
        }

        var items = below.Select(line => line.Trim()).Where(line => line.StartsWith("- ", StringComparison.Ordinal)).Select(line => Unquote(line[2..].Trim())).ToList();
        if (value.Length == 0 || value.StartsWith('#'))
        {
            return items;
        }

        var more = below.Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        return [Unquote(more.Count == 0 ? value : $"{value} {string.Join(' ', more)}")];
    }

    private static string Unquote(string value)
    {
        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"')
        {
            return value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        }

        if (value.Length >= 2 && value[0] == '\'' && value[^1] == '\'')
        {
            return value[1..^1].Replace("''", "'", StringComparison.Ordinal);
        }

        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        return comment < 0 ? value : value[..comment].TrimEnd();
    }

    private static List<string> SplitAtCommas(string text)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var depth = 0;
        var quote = '\0';
        foreach (var character in text)
        {
            quote = quote == character ? '\0' : quote == '\0' && character is '"' or '\'' ? character : quote;
            depth += quote != '\0' ? 0 : character == '(' ? 1 : character == ')' ? -1 : 0;
            if (character == ',' && depth <= 0 && quote == '\0')
            {
                parts.Add(part.ToString().Trim());
                part.Clear();
            }
            else
            {
                part.Append(character);
            }
        }

        parts.Add(part.ToString().Trim());
        parts.RemoveAll(item => item.Length == 0);
        return parts;
    }
}
