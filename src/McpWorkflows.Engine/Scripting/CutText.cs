namespace McpWorkflows.Engine.Scripting;

/// <summary>Bounds texts that scripts and models write as long as they like.</summary>
internal static class CutText
{
    /// <summary>The text, or its beginning and an ellipsis; never half of a surrogate pair.</summary>
    public static string At(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var end = length - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }
}
