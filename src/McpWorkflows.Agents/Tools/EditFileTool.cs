using System.Globalization;
using System.Text;

namespace McpWorkflows.Agents.Tools;

/// <summary>Replaces an exact piece of a file.</summary>
internal sealed class EditFileTool(Workspace workspace) : AgentTool(
    ToolName,
    "Replaces a piece of a text file by another. The old text must be exactly as in the file, white space included and "
        + "without the line numbers of read_file, and must occur once; give more lines around it to make it unique, or set replace_all.",
    """
    {
      "type": "object",
      "properties": {
        "path": { "type": "string", "description": "Path of the file, relative to the workspace root" },
        "old_text": { "type": "string", "description": "The text to be replaced, exactly as it is" },
        "new_text": { "type": "string", "description": "The text that takes its place; empty to delete" },
        "replace_all": { "type": "boolean", "description": "Replace every occurrence. Default false" }
      },
      "required": ["path", "old_text", "new_text"],
      "additionalProperties": false
    }
    """)
{
    public const string ToolName = "edit_file";

    private const long MaxSize = 20_000_000;

    public override string Describe(ToolArguments arguments) => $"{Name} {arguments.Text("path")}";

    public override async Task<string> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var shown = arguments.Text("path") ?? arguments.Text("file_path") ?? arguments.Required("path");
        var old = arguments.Text("old_text") ?? arguments.Text("old_string") ?? arguments.Required("old_text");
        var next = arguments.Text("new_text") ?? arguments.Text("new_string") ?? throw new ToolException("The argument 'new_text' is missing; give an empty string to delete.");
        if (old.Length == 0)
        {
            throw new ToolException("The argument 'old_text' is empty. Name the text to be replaced, or use write_file for a new file.");
        }

        workspace.Resolve(shown);
        var path = workspace.ResolveForWriting(shown);
        var (text, encoding) = await ReadAsync(path, shown, cancellationToken).ConfigureAwait(false);
        if (text.Contains("\r\n", StringComparison.Ordinal) && !old.Contains('\r', StringComparison.Ordinal))
        {
            old = old.Replace("\n", "\r\n", StringComparison.Ordinal);
            next = next.ReplaceLineEndings("\r\n");
        }

        if (old == next)
        {
            throw new ToolException("'old_text' and 'new_text' are the same; there is nothing to change.");
        }

        var places = Places(text, old);
        if (places.Count == 0)
        {
            throw new ToolException($"'old_text' does not occur in {shown}. {NearMatch.Describe(text, old)}");
        }

        if (places.Count > 1 && !arguments.Flag("replace_all"))
        {
            var lines = string.Join(", ", places.Take(8).Select(place => LineOf(text, place)));
            throw new ToolException($"'old_text' occurs {places.Count} times in {shown} (lines {lines}). Give more of the lines around the one you mean, or set replace_all to true.");
        }

        await WorkspaceWriter.WriteAsync(workspace, path, shown, text.Replace(old, next, StringComparison.Ordinal), encoding, cancellationToken).ConfigureAwait(false);
        return places.Count == 1
            ? string.Create(CultureInfo.InvariantCulture, $"Replaced 1 occurrence in {workspace.Relative(path)}, at line {LineOf(text, places[0])}.")
            : string.Create(CultureInfo.InvariantCulture, $"Replaced {places.Count} occurrences in {workspace.Relative(path)}.");
    }

    private async Task<(string Text, Encoding Encoding)> ReadAsync(string path, string shown, CancellationToken cancellationToken)
    {
        await using var stream = workspace.Open(path, shown);
        if (stream.Length > MaxSize)
        {
            throw new ToolException($"'{shown}' has {stream.Length} bytes; files up to {MaxSize} can be edited.");
        }

        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        Encoding encoding = bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
            [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
        };
        var start = encoding.GetPreamble().Length;
        try
        {
            return (encoding.GetString(bytes, start, bytes.Length - start), encoding);
        }
        catch (DecoderFallbackException)
        {
            throw new ToolException($"'{shown}' is not UTF-8 text, so an edit could damage it.");
        }
    }

    private static List<int> Places(string text, string piece)
    {
        var places = new List<int>();
        for (var at = text.IndexOf(piece, StringComparison.Ordinal); at >= 0; at = text.IndexOf(piece, at + piece.Length, StringComparison.Ordinal))
        {
            places.Add(at);
        }

        return places;
    }

    private static int LineOf(string text, int place) => text.AsSpan(0, place).Count('\n') + 1;
}
