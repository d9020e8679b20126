namespace McpWorkflows.Agents.Processes;

/// <summary>Programs that agents of killed processes had started: nobody reads what they say, and they may cost money.</summary>
/// <param name="notify">Told how many were ended.</param>
internal sealed class OrphanedPrograms(Action<string>? notify)
{
    private readonly Lazy<int> _ended = new(() =>
    {
        var ended = ProcessTree.KillOrphans();
        if (ended > 0)
        {
            notify?.Invoke($"A server that was cut off had left {ended} {(ended == 1 ? "program" : "programs")} of its agents running; {(ended == 1 ? "it was" : "they were")} ended.");
        }

        return ended;
    });

    /// <summary>The first call looks, and waits until they are gone.</summary>
    public void EndOnce() => _ = _ended.Value;
}
