using System.Text;

namespace McpWorkflows.Agents.Tools;

/// <summary>
/// Writes files of a workspace. A file comes whole or not at all: it is written beside its place and then moved there.
/// The folder is judged by where the written file in fact lies; a folder that is swapped for a link afterwards has no such
/// file, so the move fails.
/// </summary>
internal static class WorkspaceWriter
{
    public static async Task WriteAsync(Workspace workspace, string path, string shown, string text, Encoding encoding, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(path)!;
        CreateFolders(workspace, folder, shown);
        var beside = Path.Join(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        string? actual = null;
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
            await using (var stream = new FileStream(beside, options))
            {
                actual = workspace.WhereIs(stream.SafeFileHandle, shown) ?? beside;
                var preamble = encoding.GetPreamble();
                await stream.WriteAsync(preamble, cancellationToken).ConfigureAwait(false);
                await stream.WriteAsync(encoding.GetBytes(text), cancellationToken).ConfigureAwait(false);
            }

            var target = Path.Join(Path.GetDirectoryName(actual), Path.GetFileName(path));
            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                File.SetUnixFileMode(actual, File.GetUnixFileMode(target));
            }

            File.Move(actual, target, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(exception is UnauthorizedAccessException
                ? $"'{shown}' may not be written with the rights of this process."
                : $"'{shown}' cannot be written; the disk may be full, or a folder stands there.");
        }
        finally
        {
            Remove(actual ?? beside);
        }
    }

    private static void CreateFolders(Workspace workspace, string folder, string shown)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"The folder of '{shown}' cannot be created; a file may stand in its place.");
        }

        if (!workspace.Contains(folder))
        {
            throw new ToolException($"'{shown}' is outside the workspace, which is all these tools may write.");
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A left-over with a name of its own harms nobody.
        }
    }
}
