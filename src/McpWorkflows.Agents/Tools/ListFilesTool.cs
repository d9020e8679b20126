using System.Globalization;
using System.Text;

namespace McpWorkflows.Agents.Tools;

/// <summary>Lists files by glob.</summary>
internal sealed class ListFilesTool(Workspace workspace) : AgentTool(
    ToolName,
    $"Lists files of the workspace, one path per line. Folders named {WorkspaceWalk.IgnoredNames} are left out unless "
        + "include_ignored is true. A long list comes in pages; its last line says how to get the next one.",
    """
    {
      "type": "object",
      "properties": {
        "pattern": { "type": "string", "description": "Glob such as *.cs or src/**/*.{ts,tsx}, relative to path. Default: all files" },
        "path": { "type": "string", "description": "Folder to start at, relative to the workspace root. Default: the root" },
        "include_ignored": { "type": "boolean" },
        "offset": { "type": "integer", "minimum": 1, "description": "First entry to show, from 1. Default 1" },
        "limit": { "type": "integer", "minimum": 1, "maximum": 1000, "description": "Entries to show. Default 300" }
      },
      "additionalProperties": false
    }
    """)
{
    public const string ToolName = "list_files";

    private const int DefaultEntries = 300;
    private const int MaxEntries = 1_000;

    public override string Describe(ToolArguments arguments) => $"{Name} {arguments.Text("pattern") ?? arguments.Text("path") ?? "*"}";

    public override Task<string> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken) =>
        // Walking is synchronous work on a disk of unknown speed.
        Task.Run(() => List(arguments, cancellationToken), cancellationToken);

    private string List(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var offset = arguments.Number("offset", 1, int.MaxValue);
        var limit = arguments.Number("limit", DefaultEntries, MaxEntries);
        var start = workspace.Resolve(arguments.Text("path") ?? "");
        var prefix = start == workspace.Root || File.Exists(start) ? "" : $"{workspace.Relative(start)}/";
        var glob = arguments.Text("pattern") is { Length: > 0 } pattern ? new GlobPattern(pattern) : null;

        var page = new StringBuilder();
        var matched = 0;
        foreach (var file in WorkspaceWalk.Files(workspace, start, arguments.Flag("include_ignored"), cancellationToken))
        {
            if (glob is not null && !glob.Matches(file[prefix.Length..]) && !glob.Matches(file))
            {
                continue;
            }

            matched++;
            if (matched >= offset + (long)limit)
            {
                return page.Append(CultureInfo.InvariantCulture, $"[More files follow. Call {Name} with offset {matched} for the next page.]").ToString();
            }

            if (matched >= offset)
            {
                page.Append(file).Append('\n');
            }
        }

        return page.Length > 0 ? page.ToString() : matched == 0 ? "[No files match.]" : $"[There are {matched} files; offset {offset} is past the end.]";
    }
}
