using System.Text;

namespace McpWorkflows.Agents.Tools;

/// <summary>Creates a file or replaces it whole.</summary>
internal sealed class WriteFileTool(Workspace workspace) : AgentTool(
    ToolName,
    "Writes a text file of the workspace: creates it, folders included, or replaces all of its content. To change a part of "
        + "a file, use edit_file where you have it.",
    """
    {
      "type": "object",
      "properties": {
        "path": { "type": "string", "description": "Path of the file, relative to the workspace root" },
        "content": { "type": "string", "description": "The whole new content" }
      },
      "required": ["path", "content"],
      "additionalProperties": false
    }
    """)
{
    public const string ToolName = "write_file";

    public override string Describe(ToolArguments arguments) => $"{Name} {arguments.Text("path")}";

    public override async Task<string> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var shown = arguments.Text("path") ?? arguments.Text("file_path") ?? arguments.Required("path");
        var content = arguments.Text("content") ?? throw new ToolException("The argument 'content' is missing.");
        var path = workspace.ResolveForWriting(shown);
        var existed = File.Exists(path);
        await WorkspaceWriter.WriteAsync(workspace, path, shown, content, new UTF8Encoding(false), cancellationToken).ConfigureAwait(false);
        var lines = content.Length == 0 ? 0 : content.AsSpan().Count('\n') + (content.EndsWith('\n') ? 0 : 1);
        return $"{(existed ? "Replaced" : "Created")} {workspace.Relative(path)} ({lines} lines).";
    }
}
