using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Engine.Journal;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Questions;

/// <summary>
/// A run's question as the form that clients show: a flat object of plain fields, which is all the protocol allows. A
/// question whose schema is no such object becomes one field; one that no field can hold is asked for as JSON text.
/// </summary>
internal sealed class QuestionForm
{
    private const string Field = "answer";

    private static readonly string[] Plain = ["string", "number", "integer", "boolean"];

    private readonly bool whole;
    private readonly bool asText;

    public QuestionForm(QuestionRecord question)
    {
        var schema = question.SchemaJson is null ? null : JsonNode.Parse(question.SchemaJson) as JsonObject;
        whole = IsFlat(schema);
        asText = !whole && schema is not null && !IsPlain(schema);
        var form = whole ? schema!.DeepClone().AsObject() : Single(schema, question.DefaultJson);
        foreach (var foreign in form.Select(member => member.Key).Where(key => key is not ("type" or "properties" or "required")).ToList())
            form.Remove(foreign);
        Parameters = new ElicitRequestParams
        {
            Message = asText ? $"{question.Text}\n(The answer is JSON that matches {question.SchemaJson})" : question.Text,
            RequestedSchema = form.Deserialize((System.Text.Json.Serialization.Metadata.JsonTypeInfo<ElicitRequestParams.RequestSchema>)
                McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ElicitRequestParams.RequestSchema))),
        };
    }

    public ElicitRequestParams Parameters { get; }

    /// <summary>The answer's JSON, or null when the person declined or gave none.</summary>
    public string? Answer(ElicitResult result)
    {
        if (!result.IsAccepted || result.Content is not { } content)
            return null;
        if (whole)
            return new JsonObject(content.Select(member => KeyValuePair.Create(member.Key, JsonNode.Parse(member.Value.GetRawText())))).ToJsonString();
        if (!content.TryGetValue(Field, out var value))
            return null;
        return asText && value.ValueKind == JsonValueKind.String && IsJson(value.GetString()!) ? value.GetString() : value.GetRawText();
    }

    private JsonObject Single(JsonObject? schema, string? defaultJson)
    {
        var field = schema is null || asText ? new JsonObject { ["type"] = "string" } : schema.DeepClone().AsObject();
        field["type"] ??= "string";
        if (!asText && defaultJson is not null && JsonNode.Parse(defaultJson) is JsonValue usual)
            field["default"] = usual;
        field["title"] ??= "Answer";
        return new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { [Field] = field }, ["required"] = new JsonArray(Field) };
    }

    private static bool IsFlat(JsonObject? schema) =>
        (string?)(schema?["type"] as JsonValue) == "object"
        && schema!["properties"] is JsonObject { Count: > 0 } properties
        && properties.All(property => property.Value is JsonObject one && IsPlain(one));

    private static bool IsPlain(JsonObject schema) =>
        schema["type"] is JsonValue type && type.TryGetValue(out string? name)
            ? Plain.Contains(name)
            : schema["enum"] is JsonArray values && values.All(value => value is JsonValue text && text.TryGetValue(out string? _));

    private static bool IsJson(string text)
    {
        try
        {
            using var _ = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
