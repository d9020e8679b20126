using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Journal.Transfer;

namespace McpWorkflows.Journal.Texts;

/// <summary>The JSON forms of what is stored as one column.</summary>
internal static class JournalJson
{
    private static readonly JournalJsonContext Context = new(new JsonSerializerOptions(JournalJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Write(AgentOutcome outcome) => JsonSerializer.Serialize(outcome, Context.AgentOutcome);

    public static string Write(AgentOptions options) => JsonSerializer.Serialize(options, Context.AgentOptions);

    public static string Write(RunSettings settings) => JsonSerializer.Serialize(settings, Context.RunSettings);

    public static string Write(RunTotals totals) => JsonSerializer.Serialize(totals, Context.RunTotals);

    public static string Write(RunLine line) => JsonSerializer.Serialize(line, Context.RunLine);

    /// <summary>Throws <see cref="JsonException"/>: the line is of a file that somebody brought.</summary>
    public static RunLine ReadLine(string json) => JsonSerializer.Deserialize(json, Context.RunLine) ?? throw new JsonException("null");

    public static AgentOutcome ReadOutcome(string json) => Read(json, Context.AgentOutcome);

    public static AgentOptions ReadOptions(string json) => Read(json, Context.AgentOptions);

    public static RunSettings ReadSettings(string json) => Read(json, Context.RunSettings);

    public static RunTotals ReadTotals(string json) => Read(json, Context.RunTotals);

    public static string WriteTopics(IReadOnlyList<string> topics) => JsonSerializer.Serialize(topics, Context.IReadOnlyListString);

    public static IReadOnlyList<string> ReadTopics(string json) => Read(json, Context.IReadOnlyListString);

    public static string WriteEvidence(IReadOnlyList<LessonEvidence> evidence) => JsonSerializer.Serialize(evidence, Context.IReadOnlyListLessonEvidence);

    public static IReadOnlyList<LessonEvidence> ReadEvidence(string json) => Read(json, Context.IReadOnlyListLessonEvidence);

    private static T Read<T>(string json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new JournalException(
                "The journal holds a record that cannot be read. It is damaged: restore it from a backup, or choose another --journal.", exception);
        }
    }
}

/// <summary>Null members are left out; strings go through <see cref="StoredText"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(StoredTextConverter)])]
[JsonSerializable(typeof(AgentOutcome))]
[JsonSerializable(typeof(AgentOptions))]
[JsonSerializable(typeof(RunSettings))]
[JsonSerializable(typeof(RunTotals))]
[JsonSerializable(typeof(RunLine))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<LessonEvidence>))]
internal sealed partial class JournalJsonContext : JsonSerializerContext;

/// <summary>Keeps lone surrogates, which the JSON writer would replace.</summary>
internal sealed class StoredTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        StoredText.DecodeOrNull(reader.GetString());

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(StoredText.Encode(value));
}
