using System.Text.RegularExpressions;

namespace McpWorkflows.Engine.Planning;

/// <summary>
/// A file of the folder <c>prompts</c>. A comment at its top names its variables and is not part of the prompt;
/// <c>{{name}}</c> stands for a variable.
/// </summary>
internal sealed partial class PromptTemplate
{
    private PromptTemplate(string text) => Text = text;

    public string Text { get; }

    public static PromptTemplate Load(string name)
    {
        using var stream = typeof(PromptTemplate).Assembly.GetManifestResourceStream($"prompts/{name}")
            ?? throw new InvalidOperationException($"The prompt '{name}' is not embedded.");
        using var reader = new StreamReader(stream);
        return new PromptTemplate(TopComment().Replace(reader.ReadToEnd(), "", 1).Trim());
    }

    /// <summary>Fills in all at once, so that braces in a value stay as they are.</summary>
    public string Fill(params (string Name, string Value)[] values) =>
        Variable().Replace(Text, match =>
            values.FirstOrDefault(value => value.Name == match.Groups[1].Value).Value
            ?? throw new InvalidOperationException($"The prompt's variable '{match.Groups[1].Value}' has no value."));

    [GeneratedRegex(@"\A\s*<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex TopComment();

    [GeneratedRegex(@"\{\{([a-z]+)\}\}")]
    private static partial Regex Variable();
}
