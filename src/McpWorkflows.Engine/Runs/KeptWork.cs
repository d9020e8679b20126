using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>The files that journaled calls wrote: they must be there again before a replay answers with these calls.</summary>
internal sealed record KeptWork(IReadOnlyList<SettledItem> Lost, IReadOnlyList<string> Notes)
{
    /// <summary>Restores what can be; <see cref="Lost"/> must be run again.</summary>
    public static async Task<KeptWork> RestoreAsync(IAgentHost host, OldRun old, List<SettledItem> dropped, CancellationToken cancellationToken)
    {
        var lost = new List<SettledItem>();
        var notes = new List<string>();
        foreach (var item in old.Settled.Except(dropped).Where(item => item.Outcome?.Worktree is not null))
        {
            var label = old.Labels.GetValueOrDefault(item.Key, $"call {item.CallNumber}");
            var restored = await RestoreAsync(host, item.Outcome!.Worktree!, old.Run.Settings.Workspace, cancellationToken).ConfigureAwait(false);
            if (!restored.IsThere)
                lost.Add(item);
            if (restored.Note is { } note)
                notes.Add($"{label}: {note}");
        }

        return new KeptWork(lost, notes);
    }

    private static async Task<WorkRestored> RestoreAsync(IAgentHost host, AgentWorktree worktree, string workspace, CancellationToken cancellationToken)
    {
        try
        {
            return await host.RestoreAsync(worktree, workspace, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException) // A host that breaks its contract must not keep a run from its resume.
        {
            return new WorkRestored(false, $"its work could not be looked for ({failure.Message}); it is run again.");
        }
    }
}
