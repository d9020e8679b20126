using System.Text;
using System.Text.RegularExpressions;

namespace McpWorkflows.Engine.Lessons;

/// <summary>
/// Bounds and cleans what becomes part of prompts. Lessons come from models that read what other models said of untrusted
/// files, so that a text may carry instructions of a stranger: it must stay one short line that cannot end its own quotation.
/// </summary>
public static partial class LessonText
{
    /// <summary>Longest lesson, in characters.</summary>
    public const int MaxLength = 300;

    private const int MaxTopics = 5;
    private const int MaxTopicLength = 40;

    /// <summary>One line without control characters, angle brackets and back-ticks, cut at <see cref="MaxLength"/>; may be empty.</summary>
    public static string Clean(string text) => Clean(text, MaxLength);

    /// <summary>At most five topics, each a word or a few.</summary>
    public static IReadOnlyList<string> CleanTopics(IEnumerable<string> topics) =>
        [.. topics.Select(topic => Clean(topic, MaxTopicLength)).Where(topic => topic.Length > 1).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxTopics)];

    /// <summary>From 0, no word in common, to 1, the same words.</summary>
    internal static double Likeness(string left, string right)
    {
        var (a, b) = (Words(left), Words(right));
        var common = a.Count(b.Contains);
        return common == 0 ? 0 : (double)common / (a.Count + b.Count - common);
    }

    private static string Clean(string text, int length)
    {
        var line = new StringBuilder(Math.Min(text.Length, 2 * length));
        foreach (var letter in text.AsSpan(0, Math.Min(text.Length, 20 * length)))
        {
            var kept = letter switch
            {
                '<' => '‹',
                '>' => '›',
                '`' => '\'',
                _ when char.IsWhiteSpace(letter) || char.IsControl(letter) || letter is >= '\u200B' and <= '\u200F' or >= '\u202A' and <= '\u202E' => ' ',
                _ => letter,
            };
            if (kept != ' ' || (line.Length > 0 && line[^1] != ' '))
                line.Append(kept);
        }

        return Scripting.CutText.At(line.ToString().Trim(), length);
    }

    private static HashSet<string> Words(string text) =>
        [.. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value).Where(word => word.Length > 2)];

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
