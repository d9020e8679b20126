using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Agents.Limits;

/// <summary>
/// A provider's bound on requests at a time, over all processes with the same journal; without a bound, or without a journal to
/// share it by, everything passes. Used under the lock of its <see cref="ModelLimits"/>.
/// </summary>
/// <param name="retry">As in <see cref="IAgentSlots.OnFree"/>.</param>
internal sealed class ProviderSlots(string lane, ProviderSettings? settings, AgentHostOptions options, Func<int> retry) : IDisposable
{
    private IAgentSlots? _slots;

    /// <summary>Null when others have them all; else whether one was taken.</summary>
    public bool? TryTake()
    {
        if (_slots is null && settings?.MaxConcurrency is { } width && options.ShareSlots?.Invoke($"provider:{lane}", width) is { } slots)
        {
            slots.OnFree(retry);
            _slots = slots;
        }

        return _slots is null ? false : _slots.TryTake() ? true : null;
    }

    public void Release(Permit permit, int wanted)
    {
        if (permit.HasSlot)
        {
            _slots?.Release(wanted);
        }
    }

    public void Dispose() => _slots?.Dispose();
}
