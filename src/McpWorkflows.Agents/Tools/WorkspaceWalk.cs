namespace McpWorkflows.Agents.Tools;

/// <summary>The files below a folder, folder by folder in ordinal order, so that pages fit together.</summary>
internal static class WorkspaceWalk
{
    private const int MaxDepth = 64;

    private static readonly HashSet<string> Ignored = new(StringComparer.OrdinalIgnoreCase) { ".git", "node_modules", "bin", "obj", "artifacts" };

    public static string IgnoredNames => string.Join(", ", Ignored);

    /// <summary>
    /// Relative paths with slashes. Links to folders are not followed; links to files count where they lead to a place
    /// in the workspace. Folders of the ignored names are left out below <paramref name="start"/>, not above it.
    /// </summary>
    public static IEnumerable<string> Files(Workspace workspace, string start, bool everything, CancellationToken cancellationToken)
    {
        if (File.Exists(start))
        {
            yield return workspace.Relative(start);
            yield break;
        }

        var folders = new Stack<(string Path, int Depth)>();
        folders.Push((start, 0));
        while (folders.TryPop(out var folder))
        {
            var below = new List<string>();
            foreach (var entry in Entries(folder.Path))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0;
                if ((entry.Attributes & FileAttributes.Directory) != 0)
                {
                    if (!isLink && folder.Depth < MaxDepth && (everything || !Ignored.Contains(entry.Name)))
                    {
                        below.Add(entry.FullName);
                    }
                }
                // In further working trees a file stands for the folder .git.
                else if ((everything || entry.Name != ".git") && (!isLink || (File.Exists(entry.FullName) && workspace.Contains(entry.FullName))))
                {
                    yield return workspace.Relative(entry.FullName);
                }
            }

            for (var index = below.Count - 1; index >= 0; index--)
            {
                folders.Push((below[index], folder.Depth + 1));
            }
        }
    }

    private static FileSystemInfo[] Entries(string folder)
    {
        try
        {
            var entries = new DirectoryInfo(folder).GetFileSystemInfos();
            Array.Sort(entries, static (left, right) => string.CompareOrdinal(left.Name, right.Name));
            return entries;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be read, or has just gone, has no files for the agent.
            return [];
        }
    }
}
