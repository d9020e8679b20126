using System.Text.RegularExpressions;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Planning;

/// <summary>What calls of earlier runs took, by their prompts.</summary>
internal sealed partial class PastCalls
{
    private const int LookedAtRuns = 40;
    private const int MostCalls = 2_000;
    private const int LargestRun = 400;
    private const int ComparedWords = 150;

    /// <summary>Share of words in common: prompts of one template share most of theirs, of two hardly any.</summary>
    private const double Similar = 0.5;

    private readonly List<(HashSet<string> Words, bool Structured, AgentUsage Usage)> _calls = [];
    private readonly Dictionary<string, AgentUsage?> _known = [];

    public static PastCalls None { get; } = new();

    /// <summary>Of the latest runs in that workspace; rehearsed and failed calls tell nothing.</summary>
    public static async Task<PastCalls> ReadAsync(IJournal journal, string workspace, CancellationToken cancellationToken)
    {
        var past = new PastCalls();
        var runs = await journal.ListRunsAsync(LookedAtRuns, cancellationToken).ConfigureAwait(false);
        foreach (var run in runs.Where(run => run.Settings.Workspace == workspace && run.Totals is { Rehearsed: false, Agents: <= LargestRun }))
        {
            foreach (var call in await journal.ReadCallsAsync(run.Id, cancellationToken).ConfigureAwait(false))
            {
                if (call.Outcome is { Kind: AgentOutcomeKind.Succeeded, Rehearsed: false } outcome && !call.FromJournal)
                    past._calls.Add((Words(call.Prompt), call.Options.SchemaJson is not null, outcome.Usage));
            }

            if (past._calls.Count >= MostCalls)
                break;
        }

        return past;
    }

    /// <summary>The median of what similar calls took; null where there are none.</summary>
    public AgentUsage? Like(CallRecord call)
    {
        // Prompts of one template differ in what is filled in; their beginnings, labels' digits apart, rarely do.
        var key = $"{call.Phase}|{Digits().Replace(call.Label, "")}|{(call.Prompt.Length > 60 ? call.Prompt[..60] : call.Prompt)}";
        if (_known.TryGetValue(key, out var known))
            return known;

        var words = Words(call.Prompt);
        var structured = call.Options.SchemaJson is not null;
        var like = _calls.Where(past => past.Structured == structured && Share(past.Words, words) >= Similar).Select(past => past.Usage).ToList();
        return _known[key] = like.Count == 0 ? null : new AgentUsage(Median(like.Select(usage => usage.InputTokens)), Median(like.Select(usage => usage.OutputTokens)));
    }

    private static double Share(HashSet<string> left, HashSet<string> right)
    {
        var common = left.Count(right.Contains);
        return common == 0 ? 0 : (double)common / (left.Count + right.Count - common);
    }

    private static long Median(IEnumerable<long> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static HashSet<string> Words(string prompt)
    {
        var head = prompt.Length > 4_000 ? prompt[..4_000] : prompt;
        return [.. Word().Matches(head).Take(ComparedWords).Select(match => match.Value.ToLowerInvariant())];
    }

    [GeneratedRegex(@"\p{L}{3,}")]
    private static partial Regex Word();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
