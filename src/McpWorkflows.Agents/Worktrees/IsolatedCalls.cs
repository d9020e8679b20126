using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using McpWorkflows.Agents.Processes;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Worktrees;

/// <summary>Runs agents each in a git working tree of its own.</summary>
/// <param name="notify">Told of work that an earlier process left.</param>
internal sealed class IsolatedCalls(OrphanedPrograms orphans, Action<string>? notify)
{
    private readonly ConcurrentDictionary<string, Lazy<Task>> _swept = new(StringComparer.Ordinal);

    public async Task<AgentOutcome> RunAsync(AgentRequest request, Func<AgentRequest, Task<AgentOutcome>> run, CancellationToken cancellationToken)
    {
        OwnedTree tree;
        List<string> notes = [];
        try
        {
            var (repository, problem) = await Repository.FindAsync(request.Workspace, cancellationToken).ConfigureAwait(false);
            if (repository is null)
            {
                return Refused(problem!);
            }

            await SweepOnceAsync(repository).ConfigureAwait(false);
            notes.AddRange(await NotesAsync(repository, cancellationToken).ConfigureAwait(false));
            var name = string.Create(CultureInfo.InvariantCulture, $"{Regex.Replace(request.RunId, "[^A-Za-z0-9_-]", "_")}-{request.CallNumber}");
            tree = await WorktreeKeeper.CreateAsync(repository, name, repository.Head, cancellationToken).ConfigureAwait(false);
        }
        catch (GitException failure)
        {
            return Refused($"isolation: 'worktree' cannot be had: {failure.Message}");
        }

        AgentOutcome? outcome = null;
        try
        {
            Directory.CreateDirectory(tree.Workspace);
            outcome = await run(request with { Workspace = tree.Workspace, Prompt = Tell(request.Prompt, tree) }).ConfigureAwait(false);
        }
        finally
        {
            outcome = await CloseAsync(tree, request, outcome).ConfigureAwait(false);
        }

        return notes.Count == 0 ? outcome! : outcome! with { Notes = [.. outcome.Notes ?? [], .. notes] };
    }

    /// <summary>Looks after what earlier processes left in the workspace's repository, if it is in one.</summary>
    public async Task SweepAsync(string workspace, CancellationToken cancellationToken)
    {
        if ((await Repository.FindAsync(workspace, cancellationToken).ConfigureAwait(false)).Found is { } repository)
        {
            await SweepOnceAsync(repository).ConfigureAwait(false);
        }
    }

    private Task SweepOnceAsync(Repository repository) => _swept.GetOrAdd(repository.Common, _ => new Lazy<Task>(async () =>
    {
        // What a killed process left running may still write into the trees that are to be swept.
        orphans.EndOnce();
        foreach (var notice in await WorktreeSweep.RunAsync(repository, CancellationToken.None).ConfigureAwait(false))
        {
            notify?.Invoke(notice);
        }
    })).Value;

    private static async Task<AgentOutcome?> CloseAsync(OwnedTree tree, AgentRequest request, AgentOutcome? outcome)
    {
        try
        {
            var message = $"{request.Label}\n\nRun {request.RunId}, call {request.CallNumber}";
            // Without an outcome the call was cancelled: nobody will look into its tree, but its work is not thrown away.
            var kept = await WorktreeKeeper.CloseAsync(tree, message, keepTree: outcome is not null).ConfigureAwait(false);
            return outcome is null ? null : outcome with { Worktree = kept };
        }
        catch (Exception exception) when (exception is GitException or IOException or UnauthorizedAccessException)
        {
            tree.Mark.Dispose();
            var note = $"The agent's changes could not be recorded; they are at {tree.Path}. {(exception is GitException ? exception.Message : "")}".TrimEnd();
            return outcome is null ? null : outcome with { Notes = [.. outcome.Notes ?? [], note] };
        }
    }

    private static string Tell(string prompt, OwnedTree tree) =>
        $"{prompt}\n\n[You work in a git working tree of your own, on the branch {tree.Branch}. Changes to files there are kept on that branch when you are done; there is no need to commit.]";

    /// <summary>How the agent's tree differs from the workspace, if it does.</summary>
    private static async Task<IReadOnlyList<string>> NotesAsync(Repository repository, CancellationToken cancellationToken)
    {
        var git = new Git(repository.Top);
        var notes = new List<string>();
        if ((await git.TryAsync(["status", "--porcelain", "--ignore-submodules=dirty"], cancellationToken).ConfigureAwait(false)) is (true, { Length: > 0 }))
        {
            notes.Add($"The workspace has uncommitted changes; the agent started at {repository.Head[..10]} without them.");
        }

        if ((await git.TryAsync(["cat-file", "-e", "HEAD:.gitmodules"], cancellationToken).ConfigureAwait(false)).Ok)
        {
            notes.Add("The repository has submodules; their folders were empty in the agent's working tree.");
        }

        return notes;
    }

    private static AgentOutcome Refused(string cause) => new() { Kind = AgentOutcomeKind.Refused, Failure = new AgentFailure(cause) };
}
