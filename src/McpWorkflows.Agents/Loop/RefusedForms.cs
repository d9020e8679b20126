namespace McpWorkflows.Agents.Loop;

/// <summary>
/// What the models of one connection refused, so that later calls need not be refused for it again. Kept for an hour, since
/// endpoints change. Safe for use from any thread.
/// </summary>
internal sealed class RefusedForms(TimeProvider time)
{
    private const int MaxModels = 500;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<(Concession Concession, long At)>> _known = new(StringComparer.Ordinal);

    /// <summary>In the order in which they were made: one may build on another.</summary>
    public IReadOnlyList<Concession> Of(string model)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(model, out var made))
            {
                return [];
            }

            made.RemoveAll(one => time.GetElapsedTime(one.At) >= Kept);
            return [.. made.Select(one => one.Concession)];
        }
    }

    /// <summary>A request succeeded once it had made the concession.</summary>
    public void Remember(string model, Concession concession)
    {
        if (concession.Kind == ConcessionKind.Thinking)
        {
            return;
        }

        lock (_lock)
        {
            if (_known.Count >= MaxModels && !_known.ContainsKey(model))
            {
                _known.Clear();
            }

            if (!_known.TryGetValue(model, out var made))
            {
                _known[model] = made = [];
            }

            if (!made.Exists(one => one.Concession == concession))
            {
                made.Add((concession, time.GetTimestamp()));
            }
        }
    }
}
