namespace McpWorkflows.Server.Reports.Files;

/// <summary>What the calls of a group took.</summary>
internal sealed record CostRow
{
    public required string Name { get; init; }

    public required int Agents { get; init; }

    /// <summary>Answered from a journal, and paid for before.</summary>
    public required int FromJournal { get; init; }

    public required int Failed { get; init; }

    public required long InputTokens { get; init; }

    public required long CachedTokens { get; init; }

    public required long OutputTokens { get; init; }

    /// <summary>US dollars; null where no price is known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>What the unpriced calls cost comes on top.</summary>
    public required int Unpriced { get; init; }

    /// <summary>The agents' times added up.</summary>
    public required TimeSpan Time { get; init; }

    public static IReadOnlyList<CostRow> ByPhase(IReadOnlyList<DossierCall> calls) =>
        [.. calls.GroupBy(call => call.Phase ?? "(no phase)").Select(group => Of(group.Key, [.. group]))];

    /// <summary>The dearest first.</summary>
    public static IReadOnlyList<CostRow> ByModel(IReadOnlyList<DossierCall> calls) =>
        [.. calls.Where(call => call.Outcome is not null)
            .GroupBy(call => call.Outcome!.Model ?? (call.Outcome.Rehearsed ? "rehearsal" : "(none)"))
            .Select(group => Of(group.Key, [.. group]))
            .OrderByDescending(row => row.Cost ?? 0).ThenByDescending(row => row.OutputTokens)];

    public static CostRow Of(string name, IReadOnlyList<DossierCall> calls)
    {
        var paid = calls.Where(call => call is { FromJournal: false, Outcome: not null }).Select(call => call.Outcome!).ToList();
        return new CostRow
        {
            Name = name,
            Agents = calls.Count,
            FromJournal = calls.Count(call => call.FromJournal),
            Failed = calls.Count(call => call.HasFailed),
            InputTokens = paid.Sum(outcome => outcome.Usage.InputTokens),
            CachedTokens = paid.Sum(outcome => outcome.Usage.CachedInputTokens),
            OutputTokens = paid.Sum(outcome => outcome.Usage.OutputTokens),
            Cost = paid.Any(outcome => outcome.Cost is not null) ? paid.Sum(outcome => outcome.Cost ?? 0) : null,
            Unpriced = calls.Count(call => call.IsUnpriced),
            Time = new TimeSpan(calls.Sum(call => call is { FromJournal: false, StartedAt: { } start, EndedAt: { } end } && end > start ? (end - start).Ticks : 0)),
        };
    }
}
