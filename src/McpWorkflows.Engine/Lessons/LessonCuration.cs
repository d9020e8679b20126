using System.Text.Json;

namespace McpWorkflows.Engine.Lessons;

/// <summary>What a run that gathers lessons brought, read leniently: a model wrote it.</summary>
/// <param name="Known">Labels of agents, by the runs that were read.</param>
/// <param name="ReadTo">When the last of them ended.</param>
internal sealed record LessonCuration(
    IReadOnlyList<ProposedLesson> Lessons, IReadOnlySet<int> Retired, IReadOnlyDictionary<string, IReadOnlySet<string>> Known, DateTimeOffset? ReadTo)
{
    private const int MaxEvidence = 6;

    /// <summary>From the arguments and the result of the run; nothing of it is trusted.</summary>
    public static LessonCuration Read(string? argsJson, string? resultJson)
    {
        using var args = JsonDocument.Parse(argsJson ?? "{}");
        using var result = JsonDocument.Parse(resultJson ?? "{}");
        var known = Items(args.RootElement, "digests").Where(digest => Text(digest, "run").Length > 0).ToDictionary(
            digest => Text(digest, "run"),
            digest => (IReadOnlySet<string>)Items(digest, "labels").Select(label => label.ToString()).ToHashSet());
        DateTimeOffset? readTo = args.RootElement.TryGetProperty("readTo", out var to) && to.TryGetDateTimeOffset(out var time) ? time : null;
        return new LessonCuration(
            [.. Items(result.RootElement, "lessons").Where(item => item.ValueKind == JsonValueKind.Object).Select(item => Proposal(item, known))],
            Items(result.RootElement, "retire").Select(Whole).OfType<int>().ToHashSet(),
            known,
            readTo);
    }

    private static ProposedLesson Proposal(JsonElement item, Dictionary<string, IReadOnlySet<string>> known) => new(
        item.TryGetProperty("number", out var number) ? Whole(number) ?? 0 : 0,
        LessonText.Clean(Text(item, "text")),
        LessonText.CleanTopics(Items(item, "topics").Select(topic => topic.ToString())),
        Text(item, "audience") switch { "agents" => LessonAudience.Agents, "planner" => LessonAudience.Planner, _ => LessonAudience.All },
        [.. Items(item, "evidence").Where(one => one.ValueKind == JsonValueKind.Object && known.ContainsKey(Text(one, "run")))
            .Select(one => new LessonEvidence(Text(one, "run"), known[Text(one, "run")].Contains(Text(one, "label")) ? Text(one, "label") : null))
            .Distinct().Take(MaxEvidence)]);

    private static IEnumerable<JsonElement> Items(JsonElement parent, string member) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private static string Text(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static int? Whole(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}

/// <summary>A lesson as the curator proposes it.</summary>
/// <param name="Number">Of the lesson to be changed; 0 for a new one.</param>
/// <param name="Evidence">Only of runs and agents that there are.</param>
internal sealed record ProposedLesson(int Number, string Text, IReadOnlyList<string> Topics, LessonAudience Audience, IReadOnlyList<LessonEvidence> Evidence);
