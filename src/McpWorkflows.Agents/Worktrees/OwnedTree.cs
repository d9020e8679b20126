using System.Text;

namespace McpWorkflows.Agents.Worktrees;

/// <summary>A working tree in use. Its mark is a file that is locked while this process lives, and so tells a left-over from one in use.</summary>
internal sealed record OwnedTree(Repository Repository, string Name, string Base, FileStream Mark)
{
    public const string MarkExtension = ".owner";

    private const string Ready = "ready";

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

    /// <summary>States in the mark what a later process must know of the tree: its base, and whether an agent may have worked in it.</summary>
    public async Task WriteMarkAsync(bool isReady)
    {
        Mark.Position = 0;
        await Mark.WriteAsync(Encoding.ASCII.GetBytes(isReady ? $"{Base}\n{Ready}" : Base)).ConfigureAwait(false);
        await Mark.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>The base that a mark states, and whether the tree was whole.</summary>
    public static async Task<(string Base, bool IsReady)> ReadMarkAsync(FileStream mark)
    {
        var text = new byte[128];
        var length = await mark.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false).ConfigureAwait(false);
        var lines = Encoding.ASCII.GetString(text, 0, length).Split('\n');
        return (lines[0], lines.Length > 1 && lines[1] == Ready);
    }

    public void Unmark()
    {
        File.Delete(Mark.Name);
        Mark.Dispose();
    }
}
