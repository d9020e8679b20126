using McpWorkflows.Cluster.Workers;

namespace McpWorkflows.Cluster.Tests;

public sealed class CallFolderTests
{
    [Fact]
    public void Folder_LeftAlone_ServesTheNextCall()
    {
        using var folders = new CallFolders();
        var first = folders.Take();
        folders.Return(first);

        Assert.Same(first, folders.Take());
    }

    [Fact]
    public void Folder_WithAFileInIt_IsRemoved() => AssertRemoved(static folder => File.WriteAllText(Path.Combine(folder, "notes.txt"), "mine"));

    [Fact]
    public void Folder_WithAFileInItWithinOneTickOfTheFileSystemsClock_IsRemoved() => AssertRemoved(static folder =>
    {
        var made = Directory.GetLastWriteTimeUtc(folder);
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "mine");
        Directory.SetLastWriteTimeUtc(folder, made);
    });

    [Fact]
    public void Folder_FromWhichAFileIsGone_IsRemoved() => AssertRemoved(static folder =>
    {
        var file = Path.Combine(folder, "notes.txt");
        var made = Directory.GetLastWriteTimeUtc(folder);

        // Until the file system's clock has moved on.
        while (Directory.GetLastWriteTimeUtc(folder) == made)
        {
            File.WriteAllText(file, "mine");
            File.Delete(file);
        }
    });

    [Fact]
    public void Dispose_RemovesWhatIsKept()
    {
        var folders = new CallFolders();
        var first = folders.Take();
        folders.Return(first);

        folders.Dispose();

        Assert.False(Directory.Exists(first.Path));
    }

    private static void AssertRemoved(Action<string> use)
    {
        using var folders = new CallFolders();
        var first = folders.Take();
        use(first.Path);

        folders.Return(first);
        var next = folders.Take();

        Assert.NotEqual(first.Path, next.Path);
        Assert.False(Directory.Exists(first.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(next.Path));
        folders.Return(next);
    }
}
