using System.Text.RegularExpressions;

namespace McpWorkflows.Agents.Tools;

/// <summary>Which tools a call may use, from <c>tools</c> and <c>disallowedTools</c>, with the names Claude Code gives them too.</summary>
/// <param name="Unknown">Names asked for that no tool here has.</param>
internal sealed record ToolSelection(IReadOnlySet<string> Names, IReadOnlyList<string> Unknown)
{
    private static readonly string[] All = [ReadFileTool.ToolName, ListFilesTool.ToolName, SearchTextTool.ToolName];

    private static readonly Dictionary<string, string> ElsewhereCalled = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Read"] = ReadFileTool.ToolName,
        ["Glob"] = ListFilesTool.ToolName,
        ["LS"] = ListFilesTool.ToolName,
        ["Grep"] = SearchTextTool.ToolName,
    };

    /// <summary>An absent list allows all, an empty one none; what is disallowed wins.</summary>
    public static ToolSelection From(IReadOnlyList<string>? tools, IReadOnlyList<string>? disallowed)
    {
        var unknown = new List<string>();
        var names = tools is null ? [.. All] : Match(tools, unknown);
        names.ExceptWith(Match(disallowed ?? [], []));
        return new ToolSelection(names, unknown);
    }

    private static HashSet<string> Match(IReadOnlyList<string> patterns, List<string> unknown)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            // Rules such as Read(./src/**) narrow a tool; ours reads the workspace only, whatever the rule says.
            var name = pattern.Split('(')[0].Trim();
            var matches = All.Where(tool => IsMatch(name, tool)).ToArray();
            names.UnionWith(matches);
            if (matches.Length == 0 && name is not ("StructuredOutput" or ""))
            {
                unknown.Add(name);
            }
        }

        return names;
    }

    private static bool IsMatch(string pattern, string tool) =>
        pattern.Contains('*', StringComparison.Ordinal)
            ? Regex.IsMatch(tool, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.NonBacktracking)
            : string.Equals(ElsewhereCalled.GetValueOrDefault(pattern, pattern), tool, StringComparison.OrdinalIgnoreCase);
}
