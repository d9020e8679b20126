using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Lessons;

/// <summary>
/// The lessons of one run, as they stood when it began: a snapshot, so that resumes and replays give later calls the same ones.
/// An agent is told those that apply to its task.
/// </summary>
internal sealed class RunLessons
{
    /// <summary>Key of the snapshot.</summary>
    public const string Key = "lessons";

    /// <summary>Most that one agent is told, in characters.</summary>
    private const int MaxTold = 1_000;

    /// <summary>Topics are looked for in this much of a prompt.</summary>
    private const int Searched = 16_000;

    private readonly IReadOnlyList<(string Text, IReadOnlyList<string> Topics)> _lessons;

    /// <param name="snapshot">Of a run that began with lessons; else null.</param>
    public RunLessons(string? snapshot)
    {
        _lessons = snapshot is null ? [] : Read(snapshot);
    }

    /// <summary>The snapshot's text; null when the agents have nothing to learn. A person's lessons and the latest come first.</summary>
    public static string? Snapshot(LessonBook book)
    {
        var told = book.Live.Where(lesson => lesson.Audience != LessonAudience.Planner)
            .OrderByDescending(lesson => lesson.IsPersons).ThenByDescending(lesson => lesson.UpdatedAt)
            .Select(lesson => (JsonNode)new JsonObject
            {
                ["text"] = lesson.Text,
                ["topics"] = new JsonArray([.. lesson.Topics.Select(topic => (JsonNode)topic)]),
            }).ToArray();
        return told.Length == 0 ? null : new JsonArray(told).ToJsonString();
    }

    /// <summary>Texts for one call; those that name a topic of its task first.</summary>
    public IReadOnlyList<string> For(AgentRequested request)
    {
        if (_lessons.Count == 0)
            return [];
        var task = $"{request.Label}\n{request.Phase}\n{(request.Prompt.Length <= Searched ? request.Prompt : request.Prompt[..Searched])}";
        var told = new List<string>();
        var room = MaxTold;
        foreach (var (text, _) in _lessons.Where(lesson => lesson.Topics.Any(topic => Names(task, topic)))
            .Concat(_lessons.Where(lesson => lesson.Topics.Count == 0)))
        {
            if (text.Length + 3 > room)
                break;
            room -= text.Length + 3;
            told.Add(text);
        }

        return told;
    }

    /// <summary>An imported run may bring any text for its snapshot: what is no lesson is left out, and each is cleaned again.</summary>
    private static List<(string Text, IReadOnlyList<string> Topics)> Read(string snapshot)
    {
        try
        {
            using var document = JsonDocument.Parse(snapshot);
            return document.RootElement.ValueKind != JsonValueKind.Array ? [] :
            [
                .. document.RootElement.EnumerateArray().Where(lesson => lesson.ValueKind == JsonValueKind.Object).Take(LessonBook.MaxLessons)
                    .Select(lesson => (LessonText.Clean(TextOf(lesson)), LessonText.CleanTopics(TopicsOf(lesson))))
                    .Where(lesson => lesson.Item1.Length > 0),
            ];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string TextOf(JsonElement lesson) =>
        lesson.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";

    private static IEnumerable<string> TopicsOf(JsonElement lesson) =>
        lesson.TryGetProperty("topics", out var topics) && topics.ValueKind == JsonValueKind.Array ? topics.EnumerateArray().Select(topic => topic.ToString()) : [];

    /// <summary>As a word or the beginning of one: "test" is in "tests", not in "latest".</summary>
    private static bool Names(string task, string topic)
    {
        for (var at = task.IndexOf(topic, StringComparison.OrdinalIgnoreCase); at >= 0; at = task.IndexOf(topic, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if (at == 0 || !char.IsLetterOrDigit(task[at - 1]))
                return true;
        }

        return false;
    }
}
