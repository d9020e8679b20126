using System.Text.Json;

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

    public required IReadOnlyList<Vote> Votes { get; init; }

    public int Against => Votes.Count(vote => vote.Verdict == Verdicts.Refuted);

    public int InFavour => Votes.Count(vote => vote.Verdict == Verdicts.Confirmed);

    /// <summary>By a simple majority of those who were asked, as <c>verify</c> counts unless it is told otherwise.</summary>
    public string Verdict => Against * 2 > Votes.Count ? Verdicts.Refuted : InFavour * 2 > Votes.Count ? Verdicts.Confirmed : Verdicts.Unverified;
}

/// <summary>Finds the votes among a run's answers: those of the pattern <c>verify</c>, and of scripts that do the same by themselves.</summary>
internal static class Verdicts
{
    public const string Refuted = "refuted";
    public const string Confirmed = "confirmed";
    public const string Unverified = "unverified";

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
            .Select(group => new CheckedClaim
            {
                Claim = PromptParts.Claim(group.First().Call.Prompt!),
                Phase = group.First().Call.Phase,
                Votes = [.. group.Select(one => one.Vote ?? new Vote(one.Call.Label, one.Call.HasFailed ? "failed" : Words.State(one.Call), one.Call.Outcome?.Failure?.Cause, null))],
            })];
    }

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
