using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Decides what the journal answers and in which order. After a person's resume, timers that fired before it are
/// replayed only while the script is still on the old path: not after anything live was delivered, and not ahead of a
/// dropped item that stood before them and is being run again.
/// </summary>
internal sealed class ReplayPlan
{
    private readonly Dictionary<ItemKey, SettledItem> _settled;
    private readonly IReadOnlyDictionary<ItemKey, long> _dropped;
    private readonly long _boundary;
    private readonly PriorityQueue<PendingItem, long> _ready = new();
    private readonly SortedSet<long> _retried = [];
    private bool _live;

    public ReplayPlan(IReadOnlyList<SettledItem> settled, ResumeMarker? marker)
    {
        _settled = settled.ToDictionary(item => item.Key);
        _dropped = marker?.Dropped ?? new Dictionary<ItemKey, long>();
        _boundary = marker?.Boundary ?? long.MaxValue;
        LastSequence = Math.Max(settled.Count == 0 ? 0 : settled.Max(item => item.Sequence), marker?.Boundary ?? 0);
    }

    /// <summary>The highest place taken so far.</summary>
    public long LastSequence { get; }

    /// <summary>What the journal holds and nobody has asked for.</summary>
    public IEnumerable<SettledItem> Unused => _settled.Values;

    /// <summary>Looks the item up when the script asks for it. A timer that must not be replayed reads as <see cref="Lookup.Outdated"/>.</summary>
    public Lookup Ask(PendingItem item)
    {
        if (_dropped.TryGetValue(item.Key, out var place))
            _retried.Add(place);
        if (!_settled.Remove(item.Key, out var settled))
            return Lookup.Miss;
        if (_live && IsOldTimer(settled))
            return Lookup.Outdated;

        item.Journaled = settled;
        _ready.Enqueue(item, settled.Sequence);
        return Lookup.Hit;
    }

    /// <summary>The next item to be told, or null. <paramref name="outdated"/>: a timer that must run in real time instead.</summary>
    public PendingItem? Next(out bool outdated)
    {
        outdated = false;
        while (_ready.TryDequeue(out var item, out var place))
        {
            if (item.Over)
                continue;

            outdated = IsOldTimer(item.Journaled!) && _retried.Count > 0 && _retried.Min < place;
            return item;
        }

        return null;
    }

    public void Delivered(ItemKey key, long sequence)
    {
        _live |= sequence > _boundary;
        if (_dropped.TryGetValue(key, out var place))
            _retried.Remove(place);
    }

    private bool IsOldTimer(SettledItem item) => item.Key.Kind == ItemKind.Timer && item.Sequence <= _boundary;
}

/// <summary>What the journal says to an item.</summary>
internal enum Lookup
{
    Miss,
    Hit,
    Outdated,
}
