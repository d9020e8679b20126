namespace McpWorkflows.Engine.Scripts;

/// <summary>
/// Finds the template literal that a file never closes; parsers report such a thing at the end of the file, which
/// helps nobody. Knows strings, comments and nested templates; a regular expression with a quote may mislead it.
/// </summary>
internal static class OpenTemplate
{
    /// <summary>Offset of its opening backtick, or null when every template is closed.</summary>
    public static int? Find(string text)
    {
        // Templates we are in, and for each substitution the number of braces open in it.
        var templates = new Stack<int>();
        var braces = new Stack<int>();
        var inTemplate = false;
        var at = 0;
        while (at < text.Length)
        {
            if (inTemplate)
            {
                switch (text[at])
                {
                    case '\\':
                        at++;
                        break;
                    case '`':
                        templates.Pop();
                        inTemplate = false;
                        break;
                    case '$' when at + 1 < text.Length && text[at + 1] == '{':
                        at++;
                        braces.Push(0);
                        inTemplate = false;
                        break;
                }

                at++;
                continue;
            }

            switch (text[at])
            {
                case '`':
                    templates.Push(at);
                    inTemplate = true;
                    break;
                case '{' when braces.Count > 0:
                    braces.Push(braces.Pop() + 1);
                    break;
                case '}' when braces.Count > 0:
                    var open = braces.Pop();
                    inTemplate = open == 0;
                    if (!inTemplate)
                    {
                        braces.Push(open - 1);
                    }

                    break;
                case '\'' or '"':
                    at = SkipString(text, at);
                    break;
                case '/' when at + 1 < text.Length && text[at + 1] is '/' or '*':
                    at = SkipComment(text, at);
                    break;
            }

            at++;
        }

        return templates.Count > 0 ? templates.Peek() : null;
    }

    /// <summary>Offset of the closing quote, or of the line's last character where there is none.</summary>
    private static int SkipString(string text, int start)
    {
        var at = start + 1;
        while (at < text.Length && text[at] != text[start] && text[at] is not ('\n' or '\r'))
        {
            at += text[at] == '\\' ? 2 : 1;
        }

        return at;
    }

    private static int SkipComment(string text, int start)
    {
        var end = text[start + 1] == '/'
            ? text.IndexOfAny(['\n', '\r'], start)
            : text.IndexOf("*/", start + 2, StringComparison.Ordinal) + 1;
        return end <= 0 ? text.Length : end;
    }
}
