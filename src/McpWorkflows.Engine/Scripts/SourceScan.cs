namespace McpWorkflows.Engine.Scripts;

/// <summary>Finds what stands between two nodes, where there is nothing but keywords, white space and comments.</summary>
internal static class SourceScan
{
    /// <summary>The offset of a character outside of comments.</summary>
    public static int SkipTo(string text, int start, char wanted)
    {
        var at = start;
        while (text[at] != wanted)
        {
            if (text.AsSpan(at).StartsWith("//", StringComparison.Ordinal))
            {
                at = text.IndexOfAny(['\n', '\r', '\u2028', '\u2029'], at);
            }
            else if (text.AsSpan(at).StartsWith("/*", StringComparison.Ordinal))
            {
                at = text.IndexOf("*/", at + 2, StringComparison.Ordinal) + 2;
            }
            else
            {
                at++;
            }
        }

        return at;
    }
}
