using System.Globalization;
using System.Text;

namespace McpWorkflows.Agents.Tools;

/// <summary>Where a text that does not occur nearly does, so that a model can correct itself without reading everything again.</summary>
internal static class NearMatch
{
    private const int MaxShownLines = 12;
    private const int MaxLines = 50_000;

    public static string Describe(string text, string wanted)
    {
        var lines = Split(text);
        var sought = Split(wanted).Select(Fold).ToArray();
        var first = Array.FindIndex(sought, line => line.Length > 0);
        if (first < 0 || lines.Length > MaxLines)
        {
            return "Read the file again and copy the text exactly.";
        }

        sought = sought[first..];
        var folded = Array.ConvertAll(lines, Fold);
        var best = 0;
        var bestScore = 0.0;
        for (var start = 0; start < folded.Length; start++)
        {
            var score = Score(folded, start, sought);
            if (score > bestScore)
            {
                (best, bestScore) = (start, score);
            }
        }

        if (bestScore < 0.4)
        {
            return "Nothing in the file resembles it. Read the file again.";
        }

        var why = bestScore > 0.999 ? "The same text with other white space stands at" : "The nearest text stands at";
        var shown = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{why} line {best + 1}:\n");
        foreach (var line in lines.Skip(best).Take(Math.Min(sought.Length, MaxShownLines)))
        {
            shown.Append(line.TrimEnd('\r')).Append('\n');
        }

        return shown.ToString().TrimEnd('\n');
    }

    private static string[] Split(string text) => text.Split('\n');

    /// <summary>The share of lines that agree; a line that agrees in part counts in part.</summary>
    private static double Score(string[] lines, int start, string[] sought)
    {
        var sum = Likeness(lines[start], sought[0]);
        if (sum < 0.3)
        {
            return 0;
        }

        for (var index = 1; index < sought.Length; index++)
        {
            sum += start + index < lines.Length ? Likeness(lines[start + index], sought[index]) : 0;
        }

        return sum / sought.Length;
    }

    private static double Likeness(string left, string right)
    {
        if (left == right)
        {
            return 1;
        }

        var longest = Math.Max(left.Length, right.Length);
        var prefix = left.AsSpan().CommonPrefixLength(right);
        var suffix = 0;
        while (suffix < Math.Min(left.Length, right.Length) - prefix && left[^(suffix + 1)] == right[^(suffix + 1)])
        {
            suffix++;
        }

        return longest == 0 ? 1 : (double)(prefix + suffix) / longest;
    }

    private static string Fold(string line) => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
