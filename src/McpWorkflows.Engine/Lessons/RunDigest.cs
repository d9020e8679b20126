using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Lessons;

/// <summary>
/// What can be learnt from one run, in few words: what failed, what was refuted, what was wasted, what a person corrected.
/// Texts in it are of agents and of the files they read, and are cut.
/// </summary>
internal static class RunDigest
{
    private const int MaxItems = 8;
    private const int Long = 300;
    private const int Short = 120;

    /// <summary>Null when nothing of the kind happened.</summary>
    public static async Task<JsonObject?> ReadAsync(IJournal journal, RunRecord run, CancellationToken cancellationToken)
    {
        var calls = await journal.ReadCallsAsync(run.Id, cancellationToken).ConfigureAwait(false);
        var own = calls.Where(call => !call.FromJournal).ToList();
        var questions = await journal.ReadQuestionsAsync(run.Id, cancellationToken).ConfigureAwait(false);
        var snapshots = await journal.ReadSnapshotsAsync(run.Id, cancellationToken).ConfigureAwait(false);
        var failed = List(own.Where(call => call.State == CallState.Failed).Select(Failure));
        var refuted = List(own.Select(Refutation).OfType<JsonObject>());
        var wasted = List(own.Select(Waste).OfType<JsonObject>());
        var corrected = List(Corrections.Read(snapshots).Select(node => node.DeepClone())
            .Concat(own.Where(call => call.State == CallState.Skipped).Select(call => (JsonNode)new JsonObject { ["skipped"] = Cut(call.Label, Short) }))
            .Concat(questions.Where(question => question.AnswerJson is not null).Select(Answer)));
        if (failed.Count + refuted.Count + wasted.Count + corrected.Count == 0 && run.State is not (RunState.Failed or RunState.Cancelled))
            return null;

        return new JsonObject
        {
            ["run"] = run.Id,
            ["workflow"] = Cut(run.Name, Short),
            ["goal"] = run.Goal is null ? null : Cut(run.Goal, Long),
            ["state"] = run.State.ToText(),
            ["error"] = run.Error is null ? null : Cut(run.Error, Long),
            ["agents"] = run.Totals.Agents,
            ["outputTokens"] = run.Totals.OutputTokens,
            ["failed"] = failed,
            ["refuted"] = refuted,
            ["wasted"] = wasted,
            ["corrected"] = corrected,
            ["labels"] = Labels([failed, refuted, wasted, .. corrected.Select(one => one!["failed"] as JsonArray ?? [])]),
        };
    }

    private static JsonObject Failure(CallRecord call) => new()
    {
        ["label"] = Cut(call.Label, Short),
        ["cause"] = Cut(call.Outcome?.Failure?.Cause ?? "no cause was kept", Long),
        ["task"] = Cut(call.Prompt, Long),
        ["lastText"] = call.Outcome?.Failure?.LastText is { } text ? Cut(text, Long) : null,
    };

    /// <summary>Skeptics, and agents that play them, say so in their answer.</summary>
    private static JsonObject? Refutation(CallRecord call)
    {
        if (call.Outcome is not { Kind: AgentOutcomeKind.Succeeded, AnswerJson: ['{', ..] json })
            return null;
        using var answer = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1_000 });
        var root = answer.RootElement;
        var refuted = (root.TryGetProperty("verdict", out var verdict) && verdict.ValueKind == JsonValueKind.String && verdict.GetString() == "refuted")
            || (root.TryGetProperty("refuted", out var flag) && flag.ValueKind == JsonValueKind.True);
        return !refuted ? null : new JsonObject
        {
            ["label"] = Cut(call.Label, Short),
            ["reason"] = root.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String ? Cut(reason.GetString()!, Long) : null,
            ["task"] = Cut(call.Prompt, 2 * Long),
        };
    }

    private static JsonObject? Waste(CallRecord call)
    {
        var why = call switch
        {
            { State: CallState.Cancelled, StartedAt: not null } => "still at work when the run ended",
            { Outcome: { Kind: AgentOutcomeKind.Succeeded, Attempts: > 1 } outcome } => $"needed {outcome.Attempts} attempts",
            _ => null,
        };
        return why is null ? null : new JsonObject
        {
            ["label"] = Cut(call.Label, Short),
            ["why"] = why,
            ["outputTokens"] = call.Outcome?.Usage.OutputTokens,
        };
    }

    private static JsonNode Answer(QuestionRecord question) => new JsonObject
    {
        ["question"] = Cut(question.Text, Short),
        ["answer"] = Cut(question.AnswerJson!, Short),
    };

    private static JsonArray List(IEnumerable<JsonNode> items) => new([.. items.Take(MaxItems)]);

    private static JsonArray Labels(IEnumerable<JsonArray> lists) =>
        new([.. lists.SelectMany(list => list).Select(item => item!["label"]!.GetValue<string>()).Distinct().Select(label => (JsonNode)label)]);

    private static string Cut(string text, int length) => CutText.At(text.ReplaceLineEndings(" "), length);
}
