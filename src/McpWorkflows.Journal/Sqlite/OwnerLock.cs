using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>
/// Says which owners of leases live. Each opened journal holds a lock on a file of its own beside the database, which
/// the operating system releases when the process dies, however it dies: a dead owner is seen at once, without
/// waiting for its heartbeat to fail. All owners are on one machine.
/// </summary>
internal sealed class OwnerLock : IDisposable
{
    private const string Ending = ".lock";
    private const string Folder = ".owners";

    /// <summary>A sweep holds a file for microseconds.</summary>
    private const int Attempts = 50;

    private readonly string folder;
    private readonly FileStream? held;

    private OwnerLock(string folder, string owner, FileStream? held)
    {
        this.folder = folder;
        Owner = owner;
        this.held = held;
    }

    public string Owner { get; }

    /// <summary>Takes the owner's lock. Throws <see cref="JournalException"/> when another holds it.</summary>
    public static OwnerLock Take(string journalPath, string owner)
    {
        var folder = journalPath + Folder;
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, owner + Ending);

        // Between its creation and its locking, whoever sweeps may lock the file for a moment, and delete it.
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
                if (File.Exists(path))
                {
                    return new OwnerLock(folder, owner, stream);
                }

                stream.Dispose();
            }
            catch (IOException) when (File.Exists(path))
            {
                Thread.Sleep(1);
            }
        }

        throw JournalFailure.OwnerTaken(owner);
    }

    /// <summary>For one who only looks, and leases nothing.</summary>
    public static OwnerLock Look(string journalPath, string owner) => new(journalPath + Folder, owner, null);

    public bool IsAlive(string owner) => owner == Owner || IsLocked(Path.Combine(folder, owner + Ending), delete: false);

    public string MarkOf(string owner) => Path.Combine(folder, owner + CommitMark.Ending);

    /// <summary>Dead owners whose marks are still there.</summary>
    public IEnumerable<string> DeadMarks() =>
        Directory.EnumerateFiles(folder, "*" + CommitMark.Ending).Select(path => Path.GetFileNameWithoutExtension(path)).Where(owner => !IsAlive(owner));

    public bool HasFiles(string owner) => File.Exists(MarkOf(owner)) || File.Exists(Path.Combine(folder, owner + Ending));

    public void Forget(string owner) => TryDelete(MarkOf(owner));

    /// <summary>Deletes what dead owners left behind.</summary>
    public void Sweep()
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            if (path != held?.Name)
            {
                IsLocked(path, delete: true);
            }
        }
    }

    public void Dispose()
    {
        if (held is null)
        {
            return;
        }

        Forget(Owner);

        // Unix allows to delete first, so that nobody takes the file for a dead owner's; Windows does not.
        if (!OperatingSystem.IsWindows())
        {
            TryDelete(held.Name);
        }

        held.Dispose();
        TryDelete(held.Name);
    }

    private static bool IsLocked(string path, bool delete)
    {
        try
        {
            // Shared, so that two processes asking at once do not take each other for the owner.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            if (delete)
            {
                TryDelete(path);
            }

            return false;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's. Whether it is locked cannot be told, so its heartbeat alone decides.
            return true;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Left for the next sweep.
        }
    }
}
