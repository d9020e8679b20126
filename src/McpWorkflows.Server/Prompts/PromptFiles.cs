using System.Text.RegularExpressions;

namespace McpWorkflows.Server.Prompts;

/// <summary>Files of the folder <c>prompts</c> that clients are sent: without the comment on top, with their variables filled in.</summary>
internal static partial class PromptFiles
{
    public static string Guide() => Load("guide.md", ("dialect", Load("dialect.md")));

    /// <summary>Fills in all variables at once, so that braces in a value stay as they are.</summary>
    public static string Load(string name, params (string Name, string Value)[] values)
    {
        using var stream = typeof(PromptFiles).Assembly.GetManifestResourceStream($"prompts/{name}")
            ?? throw new InvalidOperationException($"The prompt '{name}' is not embedded.");
        using var reader = new StreamReader(stream);
        var text = TopComment().Replace(reader.ReadToEnd(), "", 1).Trim();
        return values.Length == 0
            ? text
            : Variable().Replace(text, match => Array.Find(values, value => value.Name == match.Groups[1].Value).Value
                ?? throw new InvalidOperationException($"The variable '{match.Groups[1].Value}' of {name} has no value."));
    }

    [GeneratedRegex(@"\A\s*<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex TopComment();

    [GeneratedRegex(@"\{\{([a-z]+)\}\}")]
    private static partial Regex Variable();
}
