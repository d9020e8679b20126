using System.Text.RegularExpressions;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>Takes prompts of skeptics and judges apart, as the patterns word them.</summary>
internal static partial class PromptParts
{
    private const int LongestClaim = 1_500;

    /// <summary>The same for all who were asked the same, whichever of them they are.</summary>
    public static string Key(string prompt) => Tagged(prompt, "claim") ?? Seat().Replace(prompt, "");

    /// <summary>Which one of how many a skeptic is told to be; null where the prompt does not say.</summary>
    public static (int Number, int Of)? SeatOf(string prompt)
    {
        var seat = NumberedSeat().Match(prompt);
        return seat.Success ? (Number("number"), Number("of")) : null;

        int Number(string group) => int.Parse(seat.Groups[group].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>What the skeptics were shown; of a script's own prompt the end, where the matter stands.</summary>
    public static string Claim(string prompt)
    {
        var claim = (Tagged(prompt, "claim") ?? prompt).Trim();
        return claim.Length <= LongestClaim ? claim : string.Concat("…", claim.AsSpan(claim.Length - LongestClaim));
    }

    /// <summary>The text between the first of such tags that stand on lines of their own; null where there are none.</summary>
    public static string? Tagged(string prompt, string tag)
    {
        var open = $"<{tag}>\n";
        var start = prompt.IndexOf(open, StringComparison.Ordinal);
        if (start < 0)
            return null;
        start += open.Length;
        var end = prompt.IndexOf($"\n</{tag}>", start, StringComparison.Ordinal);
        return end < 0 ? null : prompt[start..end];
    }

    /// <summary>Candidates by the number that one judge saw.</summary>
    public static IReadOnlyDictionary<int, string> Candidates(string prompt)
    {
        var candidates = new Dictionary<int, string>();
        foreach (System.Text.RegularExpressions.Match match in CandidateBlock().Matches(prompt))
        {
            if (int.TryParse(match.Groups["number"].ValueSpan, out var number))
                candidates.TryAdd(number, match.Groups["text"].Value);
        }

        return candidates;
    }

    [GeneratedRegex(@"<candidate number=""(?<number>\d{1,4})"">\n(?<text>.*?)\n</candidate>", RegexOptions.Singleline)]
    private static partial Regex CandidateBlock();

    [GeneratedRegex(@"\b(skeptic|sceptic|critic|reviewer|judge|voter|verifier|checker)\s*#?(?<number>\d{1,3})\s*(of|/)\s*(?<of>\d{1,3})\b", RegexOptions.IgnoreCase)]
    private static partial Regex NumberedSeat();

    /// <summary>Which one of several a skeptic is, which tells nothing of the matter.</summary>
    [GeneratedRegex(@"\b(skeptic|sceptic|critic|reviewer|judge|voter|verifier|checker)\s*#?\d{1,3}(\s*(of|/)\s*\d{1,3})?", RegexOptions.IgnoreCase)]
    private static partial Regex Seat();
}
