using System.Security.Cryptography;
using System.Text;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Cluster.Workspaces;

/// <summary>
/// A worker's copies of repositories: one mirror each, and one checkout for each commit that was asked for. Agents work in trees
/// of their own beside it. Several workers of a machine may share the folder.
/// </summary>
internal sealed class Checkouts(string folder)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, SemaphoreSlim> _turns = [];

    /// <summary>The folder on this machine, or why it cannot be had.</summary>
    public async Task<(string? Folder, string? Problem)> OpenAsync(RemoteWorkspace workspace, CancellationToken cancellationToken)
    {
        var mirror = Path.Join(folder, Name(workspace.Repository));
        var tree = Path.Join(folder, $"{Name(workspace.Repository)}.trees", workspace.Commit);
        var inTree = workspace.Folder.Length == 0 ? tree : Path.Join(tree, workspace.Folder);
        if (File.Exists(Path.Join(tree, ".git")) && File.Exists($"{tree}.ready"))
        {
            return (inTree, null);
        }

        Directory.CreateDirectory(mirror);
        using var turn = await TakeTurnAsync(mirror, cancellationToken).ConfigureAwait(false);
        if (await FetchAsync(mirror, workspace, cancellationToken).ConfigureAwait(false) is { } problem)
        {
            return (null, problem);
        }

        if (!File.Exists($"{tree}.ready"))
        {
            if (Directory.Exists(tree))
            {
                // Of a worker that died while it made it: git would not write over it.
                Directory.Delete(tree, recursive: true);
            }

            await GitProgram.TryAsync(mirror, ["worktree", "prune"], cancellationToken).ConfigureAwait(false);
            var (made, said) = await GitProgram.TryAsync(mirror, ["worktree", "add", "--quiet", "--force", "--detach", tree, workspace.Commit], cancellationToken).ConfigureAwait(false);
            if (!made)
            {
                return (null, $"The worker could not check out commit {Short(workspace)} of {workspace.Repository}: {said}");
            }

            await File.WriteAllTextAsync($"{tree}.ready", "", cancellationToken).ConfigureAwait(false);
        }

        return (inTree, null);
    }

    /// <summary>Takes an agent's tree and branch away; its patch has what was in them.</summary>
    public async Task CloseAsync(RemoteWorkspace workspace, AgentWorktree work, CancellationToken cancellationToken)
    {
        var mirror = Path.Join(folder, Name(workspace.Repository));
        using var turn = await TakeTurnAsync(mirror, cancellationToken).ConfigureAwait(false);
        await GitProgram.TryAsync(mirror, ["worktree", "remove", "--force", "--force", work.Path], cancellationToken).ConfigureAwait(false);
        await GitProgram.TryAsync(mirror, ["branch", "--quiet", "-D", work.Branch], cancellationToken).ConfigureAwait(false);
    }

    private static string Name(string repository) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(repository)))[..20];

    private static string Short(RemoteWorkspace workspace) => workspace.Commit[..Math.Min(10, workspace.Commit.Length)];

    private static async Task<string?> FetchAsync(string mirror, RemoteWorkspace workspace, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Join(mirror, "HEAD")))
        {
            var (made, said) = await GitProgram.TryAsync(mirror, ["init", "--quiet", "--bare"], cancellationToken).ConfigureAwait(false);
            if (!made)
            {
                return $"The worker could not make a mirror of {workspace.Repository}: {said}";
            }
        }

        if (await HasAsync(mirror, workspace, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        // Not among the branches: those are the agents'.
        var (fetched, problem) = await GitProgram.TryAsync(
            mirror, ["fetch", "--quiet", "--prune", workspace.Repository, "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"], cancellationToken).ConfigureAwait(false);
        if (!fetched)
        {
            return $"The worker could not fetch {workspace.Repository}: {problem} Give the worker's git access to it.";
        }

        if (!await HasAsync(mirror, workspace, cancellationToken).ConfigureAwait(false))
        {
            await GitProgram.TryAsync(mirror, ["fetch", "--quiet", workspace.Repository, workspace.Commit], cancellationToken).ConfigureAwait(false);
        }

        return await HasAsync(mirror, workspace, cancellationToken).ConfigureAwait(false)
            ? null
            : $"{workspace.Repository} does not have commit {Short(workspace)}: push it, and resume the run.";
    }

    private static async Task<bool> HasAsync(string mirror, RemoteWorkspace workspace, CancellationToken cancellationToken) =>
        (await GitProgram.TryAsync(mirror, ["cat-file", "-e", $"{workspace.Commit}^{{commit}}"], cancellationToken).ConfigureAwait(false)).Ok;

    /// <summary>One at a time within the process, and by a locked file over all of them.</summary>
    private async Task<Turn> TakeTurnAsync(string mirror, CancellationToken cancellationToken)
    {
        SemaphoreSlim own;
        lock (_turns)
        {
            own = _turns.TryGetValue(mirror, out var known) ? known : _turns[mirror] = new SemaphoreSlim(1);
        }

        await own.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                try
                {
                    return new Turn(own, new FileStream($"{mirror}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                }
                catch (IOException)
                {
                    await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            own.Release();
            throw;
        }
    }

    private sealed class Turn(SemaphoreSlim own, FileStream file) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            own.Release();
        }
    }
}
