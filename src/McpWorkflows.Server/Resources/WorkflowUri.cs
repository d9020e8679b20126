using System.Globalization;

namespace McpWorkflows.Server.Resources;

/// <summary>An address of the scheme <c>workflow:</c>.</summary>
/// <param name="Kind"><c>guide</c>, <c>authoring</c>, <c>lessons</c>, <c>workflows</c> or <c>runs</c>.</param>
/// <param name="Name">The workflow's name or the run's id; empty for the others.</param>
/// <param name="Part">Of a run: <c>result</c>, <c>script</c>, <c>calls</c>, <c>events</c>, or empty for its status.</param>
/// <param name="From">Offset or cursor.</param>
internal sealed record WorkflowUri(string Kind, string Name, string Part, long From)
{
    public const string Guide = "workflow://guide";

    public const string Authoring = "workflow://authoring";

    public const string Lessons = "workflow://lessons";

    private static readonly string[] Parts = ["", "result", "script", "calls", "events"];

    public static string Run(string id, string part = "") => part.Length == 0 ? $"workflow://runs/{id}" : $"workflow://runs/{id}/{part}";

    public static string Workflow(string name) => $"workflow://workflows/{Uri.EscapeDataString(name)}";

    /// <summary>Null for an address that can name nothing here.</summary>
    public static WorkflowUri? Parse(string text)
    {
        const string Scheme = "workflow://";
        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
            return null;
        var (path, query) = Split(text[Scheme.Length..], '?');
        var segments = path.Split('/');
        if (Number(segments[0], query) is not { } from)
            return null;
        return segments switch
        {
            ["guide" or "authoring" or "lessons"] => new WorkflowUri(segments[0], "", "", 0),
            ["workflows", { Length: > 0 } name] => new WorkflowUri("workflows", Uri.UnescapeDataString(name), "", 0),
            ["runs", { Length: > 0 } id] => new WorkflowUri("runs", Uri.UnescapeDataString(id), "", 0),
            ["runs", { Length: > 0 } id, { Length: > 0 } part] when Parts.Contains(part) => new WorkflowUri("runs", Uri.UnescapeDataString(id), part, from),
            _ => null,
        };
    }

    private static long? Number(string kind, string query)
    {
        if (query.Length == 0)
            return 0;
        var (name, value) = Split(query, '=');
        return kind == "runs" && name is "offset" or "after" && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            ? from
            : null;
    }

    private static (string Before, string After) Split(string text, char at)
    {
        var place = text.IndexOf(at, StringComparison.Ordinal);
        return place < 0 ? (text, "") : (text[..place], text[(place + 1)..]);
    }
}
