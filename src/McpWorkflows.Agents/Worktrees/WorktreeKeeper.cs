using System.Globalization;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Worktrees;

/// <summary>Makes working trees, and at their end keeps what was done in them or removes them.</summary>
internal static class WorktreeKeeper
{
    /// <summary>Larger patches are left to the branch.</summary>
    private const int MaxPatch = 4_000_000;

    /// <summary>A tree and branch of that name, or of one with a number added, at the commit.</summary>
    /// <exception cref="GitException">git refuses.</exception>
    public static async Task<OwnedTree> CreateAsync(Repository repository, string name, string commit, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(repository.TreesFolder);
        var git = new Git(repository.Top);
        using var turn = await RepositoryTurn.TakeAsync(repository, cancellationToken).ConfigureAwait(false);
        for (var number = 1; ; number++)
        {
            var candidate = number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
            var isTaken = Path.Exists(Path.Join(repository.TreesFolder, candidate))
                || (await git.TryAsync(["show-ref", "--verify", "--quiet", $"refs/heads/mcpworkflows/{candidate}"], cancellationToken).ConfigureAwait(false)).Ok;
            if (isTaken || OwnedTree.TryMark(OwnedTree.MarkPath(repository, candidate), FileMode.CreateNew) is not { } mark)
            {
                continue;
            }

            var tree = new OwnedTree(repository, candidate, commit, mark);
            await tree.WriteMarkAsync(isReady: false).ConfigureAwait(false);
            try
            {
                await git.RunAsync(["worktree", "add", "--quiet", "-b", tree.Branch, tree.Path, commit], cancellationToken).ConfigureAwait(false);
                await tree.WriteMarkAsync(isReady: true).ConfigureAwait(false);
                return tree;
            }
            catch
            {
                await RemoveAsync(tree, alsoBranch: true, turn).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Commits what is there to the branch and describes it; a tree without changes goes, with its branch.</summary>
    /// <param name="keepTree">False: only the branch is kept.</param>
    /// <param name="turn">The caller's, if it has one.</param>
    public static async Task<AgentWorktree?> CloseAsync(OwnedTree tree, string message, bool keepTree, RepositoryTurn? turn = null)
    {
        var git = new Git(tree.Path);
        await git.RunAsync(["add", "--all"], CancellationToken.None).ConfigureAwait(false);
        var stats = await git.RunAsync(["diff", "--cached", "--numstat", tree.Base], CancellationToken.None).ConfigureAwait(false);
        if (stats.Length == 0)
        {
            await RemoveAsync(tree, alsoBranch: true, turn).ConfigureAwait(false);
            return null;
        }

        // A patch ends with a line end, which the runner takes off.
        var patch = $"{await git.RunAsync(["diff", "--cached", "--binary", "--full-index", "--no-color", "--no-ext-diff", "--no-textconv", tree.Base], CancellationToken.None).ConfigureAwait(false)}\n";
        if (!(await git.TryAsync(["diff", "--cached", "--quiet"], CancellationToken.None).ConfigureAwait(false)).Ok)
        {
            await git.RunAsync(["commit", "--quiet", "--no-verify", "-m", message], CancellationToken.None).ConfigureAwait(false);
        }

        // An agent may have gone to another branch.
        await git.RunAsync(["update-ref", $"refs/heads/{tree.Branch}", "HEAD"], CancellationToken.None).ConfigureAwait(false);
        var kept = Describe(tree, stats) with { Patch = patch.Length > MaxPatch ? null : patch };
        if (keepTree)
        {
            tree.Unmark();
        }
        else
        {
            await RemoveAsync(tree, alsoBranch: false, turn).ConfigureAwait(false);
        }

        return kept;
    }

    /// <summary>Takes the tree away. git drops its folder of trees with the last one, under whoever just makes the next: hence the turn.</summary>
    /// <param name="turn">The caller's, if it has one.</param>
    public static async Task RemoveAsync(OwnedTree tree, bool alsoBranch, RepositoryTurn? turn = null)
    {
        using var own = turn is null ? await RepositoryTurn.TakeAsync(tree.Repository, CancellationToken.None).ConfigureAwait(false) : null;
        var git = new Git(tree.Repository.Top);
        if (!(await git.TryAsync(["worktree", "remove", "--force", "--force", tree.Path], CancellationToken.None).ConfigureAwait(false)).Ok)
        {
            if (Directory.Exists(tree.Path))
            {
                Directory.Delete(tree.Path, recursive: true);
            }

            // git locks a tree while it makes it; one that was cut off in that stays locked.
            await git.TryAsync(["worktree", "unlock", tree.Path], CancellationToken.None).ConfigureAwait(false);
        }

        await git.TryAsync(["worktree", "prune"], CancellationToken.None).ConfigureAwait(false);
        if (alsoBranch)
        {
            await git.TryAsync(["branch", "--quiet", "-D", tree.Branch], CancellationToken.None).ConfigureAwait(false);
        }

        tree.Unmark();
    }

    private static AgentWorktree Describe(OwnedTree tree, string stats)
    {
        // A line is "added<TAB>removed<TAB>path", with dashes for binary files.
        var files = stats.Split('\n').Select(line => line.Split('\t')).ToArray();
        return new AgentWorktree
        {
            Branch = tree.Branch,
            Path = tree.Path,
            Base = tree.Base,
            FilesChanged = files.Length,
            Insertions = files.Sum(file => Count(file[0])),
            Deletions = files.Sum(file => Count(file[1])),
        };

        static int Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
    }
}
