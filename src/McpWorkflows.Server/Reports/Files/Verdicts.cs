using System.Text.Json;
using System.Text.RegularExpressions;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>One voice on a claim.</summary>
/// <param name="Verdict"><c>refuted</c>, <c>confirmed</c>, <c>unverifiable</c>, <c>failed</c>, or what the script's own schema says.</param>
internal sealed record Vote(string Label, string Verdict, string? Reason, string? Evidence);

/// <summary>A claim that others were set to refute, and what came of it.</summary>
internal sealed record CheckedClaim
{
    /// <summary>As the skeptics were shown it.</summary>
    public required string Claim { get; init; }

    public required string? Phase { get; init; }

    /// <summary>One of each skeptic: the last one, where a skeptic was asked in several rounds.</summary>
    public required IReadOnlyList<Vote> Votes { get; init; }

    /// <summary>How many skeptics the claim was to have; more than there are votes where some were never asked.</summary>
    public required int Skeptics { get; init; }

    /// <summary>Asked by the pattern <c>verify</c>, whose rule is known.</summary>
    public required bool ByPattern { get; init; }

    public int Against => Votes.Count(vote => vote.Verdict == Verdicts.Refuted);

    public int InFavour => Votes.Count(vote => vote.Verdict == Verdicts.Confirmed);

    /// <summary>By more than half of the skeptics, as <c>verify</c> counts unless it is told otherwise.</summary>
    public string Verdict => Against * 2 > Skeptics ? Verdicts.Refuted : InFavour * 2 > Skeptics ? Verdicts.Confirmed : Verdicts.Unverified;
}

/// <summary>Finds the votes among a run's answers: those of the pattern <c>verify</c>, and of scripts that do the same by themselves.</summary>
internal static partial class Verdicts
{
    public const string Refuted = "refuted";
    public const string Confirmed = "confirmed";
    public const string Unverified = "unverified";

    private const string Failed = "failed";

    private static readonly string[] Known = [Refuted, Confirmed, "unverifiable"];
    private static readonly string[] ReasonNames = ["reason", "why", "explanation", "rationale"];

    /// <summary>In the order in which the claims were first looked at.</summary>
    public static IReadOnlyList<CheckedClaim> Of(IReadOnlyList<DossierCall> calls)
    {
        var votes = calls.Where(call => call.Prompt is not null).Select(call => (Call: call, Vote: VoteOf(call), Key: PromptParts.Key(call.Prompt!))).ToList();
        // A skeptic that failed cast no vote, but was asked the same as those who did.
        var asked = votes.Where(one => one.Vote is not null).Select(one => one.Key).ToHashSet();
        return [.. votes.Where(one => asked.Contains(one.Key))
            .GroupBy(one => one.Key)
            .Select(group => Count([.. group.Select(one => (one.Call, one.Vote ?? new Vote(one.Call.Label, one.Call.HasFailed ? Failed : Words.State(one.Call), one.Call.Outcome?.Failure?.Cause, null)))]))];
    }

    /// <summary>How the votes were counted, in a sentence for readers of a report.</summary>
    public static string Rule(IReadOnlyList<CheckedClaim> claims, string script) => OwnRule().IsMatch(script)
        ? "Counted here by more than half of a claim's skeptics. The script sets a rule of its own (quorum or unverifiable): where it counts otherwise, its result has the last word."
        : claims.All(claim => claim.ByPattern)
            ? "More than half of a claim's skeptics decide; one that failed or had no means to check counts for neither side."
            : "Read off the agents' answers, and counted by more than half of those asked about the same; what the script made of them is in its result.";

    private static CheckedClaim Count(IReadOnlyList<(DossierCall Call, Vote Vote)> asked)
    {
        var first = asked[0].Call;
        var seats = asked.Select(one => (one.Vote, Seat: PromptParts.SeatOf(one.Call.Prompt!))).ToList();
        var votes = new List<(int? Seat, Vote Vote)>();
        foreach (var (vote, seat) in seats)
        {
            var before = seat is null ? -1 : votes.FindIndex(one => one.Seat == seat.Value.Number);
            if (before < 0)
                votes.Add((seat?.Number, vote));
            else if (vote.Verdict != Failed)
                votes[before] = (seat!.Value.Number, vote);
        }

        return new CheckedClaim
        {
            Claim = PromptParts.Claim(first.Prompt!),
            Phase = first.Phase,
            Votes = [.. votes.Select(one => one.Vote)],
            Skeptics = Math.Max(votes.Count, seats.Max(one => one.Seat?.Of ?? 0)),
            ByPattern = PromptParts.Tagged(first.Prompt!, "claim") is not null && seats[0].Seat is not null,
        };
    }

    /// <summary>A script that gives <c>verify</c> another rule than its own.</summary>
    [GeneratedRegex(@"\b(quorum|unverifiable)\s*[:,}]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex OwnRule();

    private static Vote? VoteOf(DossierCall call)
    {
        if (call.Outcome?.AnswerJson is not { Length: > 0 } json || json[0] != '{')
            return null;
        var answer = RunReports.Element(json);
        if (answer.ValueKind != JsonValueKind.Object)
            return null;
        var verdict = Text(answer, "verdict")?.ToLowerInvariant();
        if (verdict is null && answer.TryGetProperty(Refuted, out var refuted) && refuted.ValueKind is JsonValueKind.True or JsonValueKind.False)
            verdict = answer.GetProperty(Refuted).GetBoolean() ? Refuted : Confirmed;
        return verdict is null || !Known.Contains(verdict)
            ? null
            : new Vote(call.Label, verdict, ReasonNames.Select(name => Text(answer, name)).FirstOrDefault(text => text is not null), Text(answer, "evidence"));
    }

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
