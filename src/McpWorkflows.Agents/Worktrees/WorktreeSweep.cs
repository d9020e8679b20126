namespace McpWorkflows.Agents.Worktrees;

/// <summary>Cleans up after processes that died: trees without changes go, changed ones stay with their branch.</summary>
internal static class WorktreeSweep
{
    /// <summary>A sentence for each tree that was kept.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(Repository repository, CancellationToken cancellationToken)
    {
        var notices = new List<string>();
        if (!Directory.Exists(repository.TreesFolder))
        {
            return notices;
        }

        using var turn = await RepositoryTurn.TakeAsync(repository, cancellationToken).ConfigureAwait(false);
        foreach (var path in Directory.GetFiles(repository.TreesFolder, $"*{OwnedTree.MarkExtension}"))
        {
            if (OwnedTree.TryMark(path, FileMode.Open) is { } mark
                && await CloseAsync(repository, Path.GetFileNameWithoutExtension(path), mark, turn).ConfigureAwait(false) is { } notice)
            {
                notices.Add(notice);
            }
        }

        return notices;
    }

    private static async Task<string?> CloseAsync(Repository repository, string name, FileStream mark, RepositoryTurn turn)
    {
        var (commit, isReady) = await OwnedTree.ReadMarkAsync(mark).ConfigureAwait(false);
        var tree = new OwnedTree(repository, name, commit, mark);
        if (!isReady || !File.Exists(Path.Join(tree.Path, ".git")))
        {
            // Half made: no agent was in it yet.
            await WorktreeKeeper.RemoveAsync(tree, alsoBranch: true, turn).ConfigureAwait(false);
            return null;
        }

        try
        {
            await UnlockAsync(tree).ConfigureAwait(false);
            return await WorktreeKeeper.CloseAsync(tree, "Changes of an agent that was cut off", keepTree: true, turn).ConfigureAwait(false) is { } kept
                ? $"An agent of a run that was cut off left changes in {kept.FilesChanged} files. They are kept on the branch {kept.Branch}, at {kept.Path}."
                : null;
        }
        catch (Exception exception) when (exception is GitException or IOException or UnauthorizedAccessException)
        {
            // Work is never thrown away because git has a bad day; the next start tries again.
            mark.Dispose();
            return $"An agent of a run that was cut off left its working tree at {tree.Path}, and its changes could not be recorded{(exception is GitException ? $": {exception.Message}" : "")}. Look there for its work.";
        }
    }

    /// <summary>Whoever held git's locks in this tree is dead: the tree's mark is ours.</summary>
    private static async Task UnlockAsync(OwnedTree tree)
    {
        var git = new Git(tree.Path);
        foreach (var held in (string[])["index.lock", "HEAD.lock"])
        {
            var path = await git.RunAsync(["rev-parse", "--path-format=absolute", "--git-path", held], CancellationToken.None).ConfigureAwait(false);
            File.Delete(path);
        }
    }
}
