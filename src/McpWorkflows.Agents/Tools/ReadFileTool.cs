using System.Globalization;
using System.Text;

namespace McpWorkflows.Agents.Tools;

/// <summary>Shows a page of a text file with line numbers.</summary>
internal sealed class ReadFileTool(Workspace workspace, int maxCharacters, TimeProvider time, TimeSpan maxTime) : AgentTool(
    ToolName,
    "Reads a text file of the workspace. Lines come with their numbers, as 'number<TAB>text'. A long file comes in "
        + "pages; the last line of the result says how to get the next one.",
    """
    {
      "type": "object",
      "properties": {
        "path": { "type": "string", "description": "Path of the file, relative to the workspace root" },
        "offset": { "type": "integer", "minimum": 1, "description": "First line to read, from 1. Default 1" },
        "limit": { "type": "integer", "minimum": 1, "description": "Lines to read. Default 2000" }
      },
      "required": ["path"],
      "additionalProperties": false
    }
    """)
{
    public const string ToolName = "read_file";

    private const int DefaultLines = 2_000;
    private const int MaxLineLength = 2_000;

    public override string Describe(ToolArguments arguments) => $"{Name} {arguments.Text("path")}";

    public override async Task<string> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var shown = arguments.Text("path") ?? arguments.Text("file_path") ?? arguments.Required("path");
        var offset = arguments.Number("offset", 1, int.MaxValue);
        var limit = arguments.Number("limit", DefaultLines, int.MaxValue);
        var path = workspace.Resolve(shown);
        if (Directory.Exists(path))
        {
            throw new ToolException($"'{shown}' is a folder. Use list_files with path '{shown}'.");
        }

        using var over = new CancellationTokenSource(maxTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        try
        {
            using var lines = await TextLines.OpenAsync(workspace.Open(path, shown), either.Token).ConfigureAwait(false)
                ?? throw new ToolException($"'{shown}' is a binary file; only text can be read.");
            return await PageAsync(lines, shown, offset, limit, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ToolException($"'{shown}' is too large to be read to there within {maxTime.TotalSeconds:0.#} s. Use a smaller offset, or search_text.");
        }
    }

    private async Task<string> PageAsync(TextLines lines, string shown, int offset, int limit, CancellationToken cancellationToken)
    {
        var page = new StringBuilder();
        var number = 0;
        var taken = 0;
        while (await lines.ReadAsync(MaxLineLength, cancellationToken).ConfigureAwait(false) is { } line)
        {
            number++;
            if (number < offset)
            {
                continue;
            }

            if (taken == limit || (taken > 0 && page.Length + line.Text.Length > maxCharacters))
            {
                return page.Append(CultureInfo.InvariantCulture, $"[More lines follow. Call {Name} with offset {number} for the next page.]").ToString();
            }

            page.Append(CultureInfo.InvariantCulture, $"{number}\t{line.Text}");
            page.Append(line.Cut ? $" [line cut at {MaxLineLength} characters]\n" : "\n");
            taken++;
        }

        if (number == 0)
        {
            return $"['{shown}' is empty.]";
        }

        return taken == 0 ? $"['{shown}' has {number} lines; offset {offset} is past its end.]" : page.ToString();
    }
}
