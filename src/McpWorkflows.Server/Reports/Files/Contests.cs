using System.Globalization;
using System.Text.Json;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>Candidates before a panel: the pattern <c>judge</c>.</summary>
internal sealed record Contest(string? Phase, IReadOnlyList<Candidate> Ranking);

/// <summary>A candidate and what the judges gave it, from 0 to 10.</summary>
internal sealed record Candidate(string Text, IReadOnlyList<Score> Scores)
{
    public double? Mean => Scores.Count == 0 ? null : Scores.Average(score => score.Value);
}

/// <summary>What one judge gave.</summary>
internal sealed record Score(string Judge, double Value, string? Reason);

/// <summary>Two candidates and who was found the better: the pattern <c>tournament</c>.</summary>
internal sealed record Match(string Label, string First, string Second, string Better, string? Reason);

/// <summary>Finds panels and matches among a run's answers.</summary>
internal static class Contests
{
    public static IReadOnlyList<Contest> Panels(IReadOnlyList<DossierCall> calls) =>
        [.. calls.Where(call => Answer(call, "scores") is { ValueKind: JsonValueKind.Array } && PromptParts.Candidates(call.Prompt!).Count > 1)
            // Judges of one panel see the same candidates, each in an order of its own.
            .GroupBy(call => string.Join('\n', PromptParts.Candidates(call.Prompt!).Values.Order(StringComparer.Ordinal)))
            .Select(panel => new Contest(panel.First().Phase, Rank([.. panel])))];

    public static IReadOnlyList<Match> Matches(IReadOnlyList<DossierCall> calls) =>
        [.. from call in calls
            let better = Answer(call, "better")
            where better is { ValueKind: JsonValueKind.String }
            let first = PromptParts.Tagged(call.Prompt!, "first")
            let second = PromptParts.Tagged(call.Prompt!, "second")
            where first is not null && second is not null
            select new Match(call.Label, first, second, better.Value.GetString()!, Reason(RunReports.Element(call.Outcome!.AnswerJson!)))];

    private static IReadOnlyList<Candidate> Rank(IReadOnlyList<DossierCall> panel)
    {
        var scores = PromptParts.Candidates(panel[0].Prompt!).Values.Distinct().ToDictionary(text => text, _ => new List<Score>());
        foreach (var call in panel)
        {
            var shown = PromptParts.Candidates(call.Prompt!);
            foreach (var one in Answer(call, "scores")!.Value.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object))
            {
                if (Number(one, "candidate") is { } number && Number(one, "score") is { } score && shown.TryGetValue((int)number, out var text))
                    scores[text].Add(new Score(call.Label, score, Reason(one)));
            }
        }

        return [.. scores.Select(pair => new Candidate(pair.Key, pair.Value)).OrderByDescending(candidate => candidate.Mean ?? -1)];
    }

    private static JsonElement? Answer(DossierCall call, string member)
    {
        if (call.Prompt is null || call.Outcome?.AnswerJson is not { Length: > 0 } json || json[0] != '{')
            return null;
        var answer = RunReports.Element(json);
        return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(member, out var value) ? value : null;
    }

    private static double? Number(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && double.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string? Reason(JsonElement holder) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty("reason", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
