using System.Collections.Concurrent;

namespace McpWorkflows.Cluster.Workers;

/// <summary>
/// Empty folders, for calls that need no files. Most calls leave theirs alone, and then the next one gets it: making and removing
/// folders in a shared place is dear. One in which anything ever was is removed.
/// </summary>
internal sealed class CallFolders : IDisposable
{
    private readonly ConcurrentBag<CallFolder> _free = [];

    public CallFolder Take() => _free.TryTake(out var folder) ? folder : new CallFolder(Directory.CreateTempSubdirectory("mcpworkflows-call-").FullName);

    public void Return(CallFolder folder)
    {
        if (folder.IsUntouched)
        {
            _free.Add(folder);
        }
        else
        {
            folder.Remove();
        }
    }

    public void Dispose()
    {
        while (_free.TryTake(out var folder))
        {
            folder.Remove();
        }
    }
}

/// <summary>A folder of its own for one call at a time.</summary>
internal sealed class CallFolder(string path)
{
    private readonly DateTime _changed = Directory.GetLastWriteTimeUtc(path);

    public string Path => path;

    /// <summary>Nothing was ever put into it. Its time alone does not tell: clocks of file systems are coarse.</summary>
    public bool IsUntouched => Directory.Exists(path) && Directory.GetLastWriteTimeUtc(path) == _changed && !Directory.EnumerateFileSystemEntries(path).Any();

    public void Remove()
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The agent's programs have it open still, or took it away: that is no reason to lose its answer.
        }
    }
}
