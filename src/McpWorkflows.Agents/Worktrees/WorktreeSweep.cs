using System.Text;
using McpWorkflows.Engine.Agents;

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
                && await CloseAsync(repository, Path.GetFileNameWithoutExtension(path), mark).ConfigureAwait(false) is { } kept)
            {
                notices.Add($"An agent of a run that was cut off left changes in {kept.FilesChanged} files. They are kept on the branch {kept.Branch}, at {kept.Path}.");
            }
        }

        return notices;
    }

    private static async Task<AgentWorktree?> CloseAsync(Repository repository, string name, FileStream mark)
    {
        var text = new byte[64];
        var length = await mark.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false).ConfigureAwait(false);
        var tree = new OwnedTree(repository, name, Encoding.ASCII.GetString(text, 0, length), mark);
        try
        {
            if (length > 0 && File.Exists(Path.Join(tree.Path, ".git")))
            {
                return await WorktreeKeeper.CloseAsync(tree, "Changes of an agent that was cut off", keepTree: true).ConfigureAwait(false);
            }
        }
        catch (GitException)
        {
            // Half made: there was no agent in it yet.
        }

        await WorktreeKeeper.RemoveAsync(tree, alsoBranch: true).ConfigureAwait(false);
        return null;
    }
}
