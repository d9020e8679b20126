using System.Text.Json;

namespace McpWorkflows.Agents.StructuredOutput;

/// <summary>Finds JSON objects in what a model wrote as text: bare, fenced, or amid chatter.</summary>
internal static class AnswerText
{
    private const int MaxCandidates = 8;

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = StructuredAnswer.MaxDepth };

    /// <summary>Objects in the text, the whole first, then from the last to the first: conclusions stand at the end.</summary>
    public static IEnumerable<JsonElement> Objects(string text)
    {
        if (TryParse(text.Trim()) is { } whole)
        {
            yield return whole;
            yield break;
        }

        foreach (var (start, length) in Balanced(text).TakeLast(MaxCandidates).Reverse())
        {
            if (TryParse(text.Substring(start, length)) is { } part)
            {
                yield return part;
            }
        }
    }

    /// <summary>The text without the thinking that some servers leave in front of the answer.</summary>
    public static string WithoutThinking(string text)
    {
        var start = text.AsSpan().TrimStart();
        if (!start.StartsWith("<think>", StringComparison.Ordinal))
        {
            return text;
        }

        var end = text.IndexOf("</think>", StringComparison.Ordinal);
        return end < 0 ? text : text[(end + "</think>".Length)..].TrimStart();
    }

    private static JsonElement? TryParse(string text)
    {
        if (!text.StartsWith('{'))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text, Lenient);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Outermost balanced braces, strings respected.</summary>
    private static List<(int Start, int Length)> Balanced(string text)
    {
        var found = new List<(int Start, int Length)>();
        for (var start = text.IndexOf('{', StringComparison.Ordinal); start >= 0;)
        {
            var end = End(text, start);
            if (end > 0)
            {
                found.Add((start, end - start + 1));
            }

            // An unbalanced brace was prose; what follows it may still be JSON.
            var next = end > 0 ? end + 1 : start + 1;
            start = next < text.Length && found.Count < 1_000 ? text.IndexOf('{', next) : -1;
        }

        return found;
    }

    private static int End(string text, int start)
    {
        var depth = 0;
        var quoted = false;
        for (var index = start; index < text.Length; index++)
        {
            switch (text[index])
            {
                case '\\' when quoted:
                    index++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '{' when !quoted:
                    depth++;
                    break;
                case '}' when !quoted && --depth == 0:
                    return index;
            }
        }

        return -1;
    }
}
