namespace McpWorkflows.Agents.Worktrees;

/// <summary>The repository of a workspace.</summary>
/// <param name="Prefix">The workspace's place below the top of its working tree, with a slash at the end; empty at the top.</param>
/// <param name="Common">The folder with the objects and branches, which all working trees share.</param>
internal sealed record Repository(string Top, string Prefix, string Common, string Head)
{
    /// <summary>Where our working trees stand: inside git's own folder, so never in the tracked tree.</summary>
    public string TreesFolder => Path.Join(Common, "mcpworkflows-worktrees");

    /// <summary>Null with a reason when the workspace is in no repository with a commit.</summary>
    public static async Task<(Repository? Found, string? Problem)> FindAsync(string workspace, CancellationToken cancellationToken)
    {
        var git = new Git(workspace);
        var (isRepository, places) = await git.TryAsync(
            ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir", "--show-prefix"], cancellationToken).ConfigureAwait(false);
        if (!isRepository)
        {
            return (null, Problem(places));
        }

        var (hasCommit, head) = await git.TryAsync(["rev-parse", "--verify", "HEAD^{commit}"], cancellationToken).ConfigureAwait(false);
        var lines = places.Split('\n');
        return hasCommit
            ? (new Repository(lines[0], lines.Length > 2 ? lines[2] : "", lines[1], head), null)
            : (null, "isolation: 'worktree' needs a commit to start from, and the repository has none. Commit first, or leave isolation out.");
    }

    private static string Problem(string said) =>
        said.Contains("not a git repository", StringComparison.OrdinalIgnoreCase)
            ? "isolation: 'worktree' needs a git repository, and the workspace is in none. Run git init and make a first commit, or leave isolation out."
            : said.Contains("must be run in a work tree", StringComparison.OrdinalIgnoreCase)
                ? "isolation: 'worktree' needs a repository with files checked out, and the workspace is a bare one or lies within .git. Give a clone as the workspace, or leave isolation out."
                : $"isolation: 'worktree' needs git to read the workspace's repository, and it does not: {said} Mend that, or leave isolation out.";
}
