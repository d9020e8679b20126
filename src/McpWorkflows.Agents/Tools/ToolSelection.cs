using System.Text.RegularExpressions;

namespace McpWorkflows.Agents.Tools;

/// <summary>Which built-in tools a call may use, from <c>tools</c> and <c>disallowedTools</c>, with the names Claude Code gives them too.</summary>
/// <param name="NotGranted">Tools that were named but that the run's policy does not grant.</param>
/// <param name="Unknown">Names asked for that no tool here has.</param>
internal sealed record ToolSelection(IReadOnlySet<string> Names, IReadOnlyList<string> NotGranted, IReadOnlyList<string> Unknown)
{
    private static readonly string[] All =
    [
        ReadFileTool.ToolName, ListFilesTool.ToolName, SearchTextTool.ToolName, WriteFileTool.ToolName, EditFileTool.ToolName,
        RunCommandTool.ToolName,
    ];

    private static readonly Dictionary<string, string> ElsewhereCalled = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Read"] = ReadFileTool.ToolName,
        ["Glob"] = ListFilesTool.ToolName,
        ["LS"] = ListFilesTool.ToolName,
        ["Grep"] = SearchTextTool.ToolName,
        ["Write"] = WriteFileTool.ToolName,
        ["Edit"] = EditFileTool.ToolName,
        ["MultiEdit"] = EditFileTool.ToolName,
        ["Bash"] = RunCommandTool.ToolName,
    };

    /// <summary>An absent list allows all that is granted, an empty one none; what is disallowed wins.</summary>
    public static ToolSelection From(IReadOnlyList<string>? tools, IReadOnlyList<string>? disallowed, GrantedTools granted)
    {
        var unknown = new List<string>();
        var notGranted = new List<string>();
        var names = tools is null ? All.Where(granted.Has).ToHashSet(StringComparer.Ordinal) : Match(tools, granted, notGranted, unknown);
        var forbidden = Match(disallowed ?? [], null, [], []);
        names.ExceptWith(forbidden);
        notGranted.RemoveAll(forbidden.Contains);
        return new ToolSelection(names, notGranted, unknown);
    }

    /// <summary>The tool here that a model means by a name.</summary>
    public static string? Known(string name) => Array.Find(All, tool => IsMatch(name, tool));

    /// <param name="granted">Null: everything.</param>
    private static HashSet<string> Match(IReadOnlyList<string> patterns, GrantedTools? granted, List<string> notGranted, List<string> unknown)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            // Rules such as Read(./src/**) narrow a tool; ours reads the workspace only, whatever the rule says.
            var name = pattern.Split('(')[0].Trim();
            var matches = Array.FindAll(All, tool => IsMatch(name, tool));
            foreach (var match in matches)
            {
                if (granted?.Has(match) != false)
                {
                    names.Add(match);
                }
                else if (!name.Contains('*', StringComparison.Ordinal) && !notGranted.Contains(match))
                {
                    // Who says * takes what there is.
                    notGranted.Add(match);
                }
            }

            if (matches.Length == 0 && name is not ("StructuredOutput" or "") && !name.StartsWith("mcp__", StringComparison.Ordinal))
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
