using System.Collections.Concurrent;

namespace McpWorkflows.Journal.Writing;

/// <summary>
/// The epochs under which this owner holds its runs. Changes count within their transaction, and for everybody once it is
/// committed. Written by the writer's thread, read by any.
/// </summary>
internal sealed class HeldLeases
{
    private readonly ConcurrentDictionary<string, long> committed = new();
    private readonly Dictionary<string, long?> pending = [];

    /// <summary>Null when the run is not held.</summary>
    public long? EpochOf(string runId) =>
        pending.TryGetValue(runId, out var epoch) ? epoch : committed.TryGetValue(runId, out var held) ? held : null;

    /// <summary>As of the last commit.</summary>
    public bool IsHeld(string runId) => committed.ContainsKey(runId);

    public void Take(string runId, long epoch) => pending[runId] = epoch;

    public void LetGo(string runId) => pending[runId] = null;

    /// <summary>True when something has changed.</summary>
    public bool Commit()
    {
        if (pending.Count == 0)
        {
            return false;
        }

        foreach (var (runId, epoch) in pending)
        {
            if (epoch is { } taken)
            {
                committed[runId] = taken;
            }
            else
            {
                committed.TryRemove(runId, out _);
            }
        }

        pending.Clear();
        return true;
    }

    public void Rollback() => pending.Clear();

    /// <summary>What is held as of the last commit.</summary>
    public IReadOnlyCollection<KeyValuePair<string, long>> Read() => committed.ToArray();
}
