namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>Colours and letters for bars: what the terminal and its user want.</summary>
internal sealed record TerminalStyle(bool HasColour, bool HasBlocks)
{
    public char Full => HasBlocks ? '█' : '#';

    public char Half => HasBlocks ? '▒' : '=';

    public char Empty => HasBlocks ? '░' : '.';

    public string Bold(string text) => In("1", text);

    public string Dim(string text) => In("2", text);

    public string Good(string text) => In("32", text);

    public string Bad(string text) => In("31", text);

    public string Accent(string text) => In("36", text);

    /// <summary>By <c>NO_COLOR</c> (no-color.org) and the locale.</summary>
    public static TerminalStyle Read(Func<string, string?> variable)
    {
        var locale = new[] { "LC_ALL", "LC_CTYPE", "LANG" }.Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        // A locale that nobody set says nothing; terminals of today show UTF-8.
        var isPlain = locale is "C" or "POSIX" || (locale?.Contains('.', StringComparison.Ordinal) == true && !locale.Contains("UTF", StringComparison.OrdinalIgnoreCase));
        return new TerminalStyle(string.IsNullOrEmpty(variable("NO_COLOR")), !isPlain);
    }

    private string In(string code, string text) => HasColour && text.Length > 0 ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
