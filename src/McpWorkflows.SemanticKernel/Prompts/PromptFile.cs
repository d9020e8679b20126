using System.Text.RegularExpressions;
using McpWorkflows.Agents;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel.Prompts;

/// <summary>
/// The product's prompt files as templates of Semantic Kernel, for agents and functions of one's own. The comment on top is
/// the description, <c>{{name}}</c> a variable; <see cref="PromptFileTemplateFactory"/> renders them.
/// </summary>
public static partial class PromptFile
{
    /// <summary>What <see cref="PromptTemplateConfig.TemplateFormat"/> says of these files.</summary>
    public const string Format = "mcp-workflows";

    private const string Extension = ".md";

    /// <summary>Names of the agents' prompts, for example <c>agent-system</c>.</summary>
    public static IReadOnlyList<string> AgentPrompts { get; } =
    [
        .. typeof(ChatAgentHost).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("agent-", StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(name => name[..^Extension.Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>An agent's prompt by its name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static PromptTemplateConfig LoadAgentPrompt(string name)
    {
        using var stream = typeof(ChatAgentHost).Assembly.GetManifestResourceStream($"{name}{Extension}")
            ?? throw new ArgumentException($"There is no prompt '{name}'. There are: {string.Join(", ", AgentPrompts)}.", nameof(name));
        using var reader = new StreamReader(stream);
        return Parse(name, reader.ReadToEnd());
    }

    /// <summary>The text of a file of the folder <c>prompts</c>.</summary>
    /// <param name="name">What the template is to be called.</param>
    public static PromptTemplateConfig Parse(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var comment = TopComment().Match(text);
        var template = text[comment.Length..].Trim().ReplaceLineEndings("\n");
        return new PromptTemplateConfig(template)
        {
            Name = name.Replace('-', '_'),
            Description = comment.Groups["text"].Value.Trim(),
            TemplateFormat = Format,
            InputVariables = [.. Variables(template).Select(variable => new InputVariable { Name = variable, IsRequired = true })],
        };
    }

    internal static IEnumerable<string> Variables(string template) => Variable().Matches(template).Select(match => match.Groups["name"].Value).Distinct();

    /// <summary>Fills in all at once, so that braces in a value stay as they are.</summary>
    internal static string Fill(string template, Func<string, string> valueOf) => Variable().Replace(template, match => valueOf(match.Groups["name"].Value));

    [GeneratedRegex(@"\A\s*<!--(?<text>.*?)-->", RegexOptions.Singleline)]
    private static partial Regex TopComment();

    [GeneratedRegex(@"\{\{(?<name>[a-z]+)\}\}")]
    private static partial Regex Variable();
}
