using System.Collections.Concurrent;
using System.Text;

namespace McpWorkflows.Agents.Prompts;

/// <summary>The texts of <c>prompts/agent-*.md</c>, without the comment on top.</summary>
internal static class AgentPrompts
{
    private static readonly ConcurrentDictionary<string, string> Loaded = new(StringComparer.Ordinal);

    public static string Continue => Load("agent-continue");

    public static string EmptyAnswer => Load("agent-empty-answer");

    public static string FinalAnswer => Load("agent-final-answer");

    /// <summary>
    /// System text of a call. The common part comes first and is the same for all calls, so that providers which
    /// cache prefixes can use it.
    /// </summary>
    public static string System(string? instructions, bool structured)
    {
        var common = instructions ?? Load("agent-system");
        return structured ? $"{common}\n\n{Load("agent-structured-output")}" : common;
    }

    /// <summary>The instructions, the common ones where there are none, with what past runs taught behind them; null when both are missing.</summary>
    public static string? WithLessons(string? instructions, IReadOnlyList<string> lessons) => lessons.Count == 0
        ? instructions
        : $"{instructions ?? Load("agent-system")}\n\n{Lessons(lessons)}";

    /// <summary>What past runs taught, marked as information.</summary>
    public static string Lessons(IReadOnlyList<string> lessons) => Fill("agent-lessons", "lessons", string.Join('\n', lessons.Select(lesson => $"- {lesson}")));

    /// <summary>System text of a built-in agent type.</summary>
    public static string BuiltIn(string name) => Load(name);

    /// <summary>System text of an agent type, with what every agent must know of its place.</summary>
    public static string OfType(string instructions) => $"{instructions}\n\n{Load("agent-type-common")}";

    /// <summary>Added to the task when tools that it asked for cannot be had.</summary>
    public static string Withheld(string tools) => Fill("agent-withheld-tools", "tools", tools);

    /// <summary>Added to the task of a program that must answer in JSON.</summary>
    public static string CommandJson(string schema) => Fill("agent-command-json", "schema", schema);

    public static string CommandJsonRetry(string answer, string errors) =>
        Fill("agent-command-json-retry", "errors", errors).Replace("{{answer}}", answer, StringComparison.Ordinal);

    public static string StructuredRetry(string errors) => Fill("agent-structured-retry", "errors", errors);

    public static string StructuredJson(string schema) => Fill("agent-structured-json", "schema", schema);

    /// <summary>Added to the system text of a call whose structured answer is the last message.</summary>
    public static string StructuredFormat(string schema) => Fill("agent-structured-format", "schema", schema);

    public static string StructuredJsonRetry(string errors) => Fill("agent-structured-json-retry", "errors", errors);

    private static string Fill(string name, string variable, string value) =>
        Load(name).Replace($"{{{{{variable}}}}}", value, StringComparison.Ordinal);

    private static string Load(string name) => Loaded.GetOrAdd(name, static key =>
    {
        using var stream = typeof(AgentPrompts).Assembly.GetManifestResourceStream($"{key}.md")
            ?? throw new InvalidOperationException($"The prompt {key}.md is not embedded.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = reader.ReadToEnd();
        var end = text.StartsWith("<!--", StringComparison.Ordinal) ? text.IndexOf("-->", StringComparison.Ordinal) : -1;
        return (end < 0 ? text : text[(end + 3)..]).Trim().ReplaceLineEndings("\n");
    });
}
