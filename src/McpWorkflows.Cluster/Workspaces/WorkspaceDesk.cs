using System.Collections.Concurrent;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Cluster.Workspaces;

/// <summary>Turns an owner's workspace folders into what other machines can get, and brings home what agents changed there.</summary>
internal sealed class WorkspaceDesk(TimeProvider time)
{
    /// <summary>Looking costs more than a short call.</summary>
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, Look> _looks = new(StringComparer.Ordinal);

    /// <summary>
    /// The repository, commit and folder; null where agents get an empty folder instead. The note, for the run's log, says what
    /// workers do not see.
    /// </summary>
    public async Task<(RemoteWorkspace? Workspace, string? Note)> DescribeAsync(string folder, CancellationToken cancellationToken)
    {
        var look = _looks.GetOrAdd(folder, NewLook);
        if (time.GetElapsedTime(look.At) > KnownFor)
        {
            var next = NewLook(folder);
            look = _looks.TryUpdate(folder, next, look) ? next : _looks[folder];
        }

        return await look.Found.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Applies a worker's patch in the owner's repository, so that branch and working tree are here too.</summary>
    public async Task<AgentOutcome> BringHomeAsync(AgentOutcome outcome, string folder, IAgentHost host, CancellationToken cancellationToken)
    {
        var work = outcome.Worktree!;
        var restored = await host.RestoreAsync(work, folder, cancellationToken).ConfigureAwait(false);
        if (!restored.IsThere)
        {
            return outcome with { Notes = [.. outcome.Notes ?? [], $"The agent's changes were made on a worker and could not be brought here: {restored.Note}"] };
        }

        var (ok, trees) = await GitProgram.TryAsync(folder, ["worktree", "list", "--porcelain"], cancellationToken).ConfigureAwait(false);
        var path = ok ? PathOf(trees.Split('\n'), work.Branch) : null;
        return path is null ? outcome : outcome with { Worktree = work with { Path = path } };
    }

    private static string? PathOf(string[] lines, string branch)
    {
        string? path = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("worktree ", StringComparison.Ordinal))
            {
                path = line["worktree ".Length..];
            }
            else if (line == $"branch refs/heads/{branch}")
            {
                return path;
            }
        }

        return null;
    }

    private static async Task<(RemoteWorkspace? Workspace, string? Note)> LookAsync(string folder)
    {
        var (isCheckout, place) = Directory.Exists(folder)
            ? await GitProgram.TryAsync(folder, ["rev-parse", "HEAD", "--show-prefix"], CancellationToken.None).ConfigureAwait(false)
            : (false, "");
        if (!isCheckout)
        {
            return (null, $"{folder} is no git checkout: agents on workers get an empty folder, and see none of its files.");
        }

        var lines = place.Split('\n');
        var commit = lines[0];
        var (hasRemote, remote) = await GitProgram.TryAsync(folder, ["remote", "get-url", await RemoteAsync(folder).ConfigureAwait(false)], CancellationToken.None).ConfigureAwait(false);
        if (!hasRemote)
        {
            return (null, $"{folder} is a git checkout without a remote, from which workers could get it: agents there get an empty folder, and see none of its files. Add a remote and push.");
        }

        var workspace = new RemoteWorkspace(Address(remote), commit, lines.Length > 1 ? lines[1].TrimEnd('/') : "");
        var unseen = new List<string>();
        if ((await GitProgram.TryAsync(folder, ["status", "--porcelain", "--ignore-submodules=dirty"], CancellationToken.None).ConfigureAwait(false)) is (true, { Length: > 0 }))
        {
            unseen.Add("the uncommitted changes");
        }

        var isPushed = (await GitProgram.TryAsync(folder, ["branch", "--remotes", "--contains", "HEAD"], CancellationToken.None).ConfigureAwait(false)) is (true, { Length: > 0 });
        var note = (unseen.Count, isPushed) switch
        {
            (0, true) => null,
            (_, true) => $"Agents on workers see commit {commit[..10]} of {workspace.Repository}, not {unseen[0]} in {folder}. Commit and push to let them see those.",
            _ => $"Commit {commit[..10]} of {folder} is on no branch of its remote that is known here: workers cannot get it until it is pushed to {workspace.Repository}{(unseen.Count > 0 ? ", and will not see the uncommitted changes" : "")}.",
        };
        return (workspace, note);
    }

    private static async Task<string> RemoteAsync(string folder)
    {
        var (_, names) = await GitProgram.TryAsync(folder, ["remote"], CancellationToken.None).ConfigureAwait(false);
        var all = names.Split('\n');
        return all.Contains("origin") ? "origin" : all[0];
    }

    /// <summary>Without name and password; a worker has its own.</summary>
    private static string Address(string remote) =>
        Uri.TryCreate(remote, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0 && uri.Scheme is ("http" or "https")
            ? new UriBuilder(uri) { UserName = "", Password = "" }.Uri.AbsoluteUri
            : remote;

    private Look NewLook(string folder) => new(time.GetTimestamp(), new Lazy<Task<(RemoteWorkspace?, string?)>>(() => LookAsync(folder)));

    private sealed record Look(long At, Lazy<Task<(RemoteWorkspace? Workspace, string? Note)>> Found);
}
