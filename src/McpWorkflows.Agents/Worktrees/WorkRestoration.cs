using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Worktrees;

/// <summary>Puts the work of a journaled call where a replay expects it, also on another machine.</summary>
internal static class WorkRestoration
{
    public static async Task<WorkRestored> RunAsync(AgentWorktree work, string workspace, CancellationToken cancellationToken)
    {
        var (repository, _) = Directory.Exists(workspace) ? await Repository.FindAsync(workspace, cancellationToken).ConfigureAwait(false) : (null, null);
        if (repository is null)
        {
            return Again("the repository is not here");
        }

        var git = new Git(repository.Top);
        var name = work.Branch.Split('/')[^1];
        if ((await git.TryAsync(["show-ref", "--verify", "--quiet", $"refs/heads/{work.Branch}"], cancellationToken).ConfigureAwait(false)).Ok)
        {
            return await WithTreeAsync(git, repository, work, name, cancellationToken).ConfigureAwait(false);
        }

        if (work.Patch is null)
        {
            return Again($"its branch {work.Branch} is gone, and its patch was too large to be kept");
        }

        if (!(await git.TryAsync(["cat-file", "-e", $"{work.Base}^{{commit}}"], cancellationToken).ConfigureAwait(false)).Ok)
        {
            return Again($"its branch {work.Branch} is gone, and this repository does not have the commit {work.Base[..Math.Min(10, work.Base.Length)]} from which it started");
        }

        return await ApplyAsync(repository, work, name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The branch has the work; its tree may be gone, or on another machine.</summary>
    private static async Task<WorkRestored> WithTreeAsync(Git git, Repository repository, AgentWorktree work, string name, CancellationToken cancellationToken)
    {
        var path = Path.Join(repository.TreesFolder, name);
        if (Directory.Exists(work.Path) || Directory.Exists(path))
        {
            return new WorkRestored(true, null);
        }

        using var turn = await RepositoryTurn.TakeAsync(repository, cancellationToken).ConfigureAwait(false);
        await git.TryAsync(["worktree", "prune"], cancellationToken).ConfigureAwait(false);
        var (made, problem) = await git.TryAsync(["worktree", "add", "--quiet", path, work.Branch], cancellationToken).ConfigureAwait(false);
        return new WorkRestored(true, made
            ? $"its working tree was gone; the branch {work.Branch} was checked out again at {path}."
            : $"its working tree is gone; the branch {work.Branch} has its work. ({problem})");
    }

    private static async Task<WorkRestored> ApplyAsync(Repository repository, AgentWorktree work, string name, CancellationToken cancellationToken)
    {
        var tree = await WorktreeKeeper.CreateAsync(repository, name, work.Base, cancellationToken).ConfigureAwait(false);
        var (applied, problem) = await new Git(tree.Path).TryAsync(["apply", "--index", "--binary", "--whitespace=nowarn", "-"], cancellationToken, work.Patch).ConfigureAwait(false);
        if (!applied)
        {
            await WorktreeKeeper.RemoveAsync(tree, alsoBranch: true).ConfigureAwait(false);
            return Again($"its branch {work.Branch} is gone, and its patch does not apply ({problem})");
        }

        await WorktreeKeeper.CloseAsync(tree, "Changes of an agent, applied again from the run's journal", keepTree: true).ConfigureAwait(false);
        return new WorkRestored(true, $"its branch was gone; its patch was applied again on {tree.Branch}, at {tree.Path}.");
    }

    private static WorkRestored Again(string why) => new(false, $"{why}; the call is run again.");
}
