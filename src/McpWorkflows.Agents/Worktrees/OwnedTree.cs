namespace McpWorkflows.Agents.Worktrees;

/// <summary>A working tree in use. Its mark is a file that is locked while this process lives, and so tells a left-over from one in use.</summary>
internal sealed record OwnedTree(Repository Repository, string Name, string Base, FileStream Mark)
{
    public const string MarkExtension = ".owner";

    public string Branch => $"mcpworkflows/{Name}";

    public string Path => System.IO.Path.Join(Repository.TreesFolder, Name);

    /// <summary>The workspace's counterpart in the tree.</summary>
    public string Workspace => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.Join(Path, Repository.Prefix));

    public static string MarkPath(Repository repository, string name) => System.IO.Path.Join(repository.TreesFolder, name + MarkExtension);

    /// <summary>Takes the mark; null when a living process has it.</summary>
    public static FileStream? TryMark(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Unmark()
    {
        File.Delete(Mark.Name);
        Mark.Dispose();
    }
}
