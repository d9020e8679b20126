using System.Text.RegularExpressions;

namespace McpWorkflows.Engine.Planning;

/// <summary>Finds the script in a model's answer.</summary>
internal static partial class ScriptFence
{
    /// <summary>
    /// What may be the script, likeliest first; never empty. A prompt inside the script may hold a fence of its own,
    /// so the block that ends at the last fence is offered too.
    /// </summary>
    public static IEnumerable<string> Candidates(string answer)
    {
        var open = Opening().Match(answer);
        if (!open.Success)
        {
            yield return answer.Trim();
            yield break;
        }

        var start = open.Index + open.Length;
        var ends = Closing().Matches(answer, start);
        if (ends.Count == 0)
        {
            yield return answer[start..];
            yield break;
        }

        yield return answer[start..ends[0].Index];
        if (ends.Count > 1)
            yield return answer[start..ends[^1].Index];
    }

    [GeneratedRegex(@"^[ \t]*```(?:js|javascript|mjs)?[ \t]*\r?\n", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Opening();

    [GeneratedRegex(@"^[ \t]*```[ \t]*\r?$", RegexOptions.Multiline)]
    private static partial Regex Closing();
}
