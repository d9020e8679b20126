namespace McpWorkflows.Agents.Worktrees;

/// <summary>One maker of working trees at a time in each repository, over all processes: git's own locks fail instead of waiting.</summary>
internal sealed class RepositoryTurn : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _lock;

    private RepositoryTurn(FileStream file) => _lock = file;

    public static async Task<RepositoryTurn> TakeAsync(Repository repository, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(repository.TreesFolder);
        var path = Path.Join(repository.TreesFolder, "turn.lock");
        while (true)
        {
            if (OwnedTree.TryMark(path, FileMode.OpenOrCreate) is { } file)
            {
                return new RepositoryTurn(file);
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _lock.Dispose();
}
