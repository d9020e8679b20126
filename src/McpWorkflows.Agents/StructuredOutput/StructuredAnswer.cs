using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using McpWorkflows.Agents.Schemas;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.StructuredOutput;

/// <summary>The schema of a call, what was tried against it, and the errors to send back.</summary>
internal sealed class StructuredAnswer
{
    /// <summary>JSON may escape half of a surrogate pair, but no text can hold it.</summary>
    private const string HalfCharacter = "A string contains half of a surrogate pair (\\uD800 to \\uDFFF without its other half). Leave it out.";

    /// <summary>As deep as scripts may state their options.</summary>
    internal const int MaxDepth = 1_000;

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = MaxDepth };

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonSchemaValidator _validator;
    private readonly bool _isWrapped;
    private readonly int _retries;

    public StructuredAnswer(string schemaJson, int retries)
    {
        Schema = JsonElement.Parse(schemaJson, Deep);
        SchemaJson = schemaJson;
        Tool = new StructuredOutputTool(AnswerEnvelope.For(Schema, out _isWrapped));
        _validator = new JsonSchemaValidator(Schema);
        _retries = retries;
    }

    public JsonElement Schema { get; }

    public string SchemaJson { get; }

    public StructuredOutputTool Tool { get; }

    public int Rejected { get; private set; }

    /// <summary>What the last rejected answer misses, a line for each error.</summary>
    public string Errors { get; private set; } = "";

    /// <summary>The last rejected answer, as it came.</summary>
    public string? LastRejected { get; private set; }

    public bool IsExhausted => Rejected > _retries;

    /// <summary>The answer's JSON when the arguments satisfy the schema; else null, and <see cref="Errors"/> is set.</summary>
    /// <param name="cutOff">The output limit cut them: what looks whole may be but a part.</param>
    public string? Accept(FunctionCallContent call, bool cutOff)
    {
        if (cutOff)
        {
            return Reject(Raw(call), "The arguments were cut off at the output limit. Give a shorter answer.");
        }

        if (call.Exception is not null || call.Arguments is null)
        {
            return call.RawRepresentation is string raw && AnswerText.Objects(raw).ToArray() is { Length: > 0 } objects
                ? Accept(objects, raw)
                : Reject(Raw(call), "The arguments are not a JSON object.");
        }

        try
        {
            var json = Write(writer => WriteArguments(writer, call.Arguments));
            using var document = JsonDocument.Parse(json, Deep);
            return Accept([document.RootElement], json);
        }
        catch (InvalidOperationException)
        {
            return Reject(Raw(call), HalfCharacter);
        }
    }

    /// <summary>As above, for an answer that came as text.</summary>
    public string? Accept(string text, bool cutOff)
    {
        if (cutOff)
        {
            // What looks whole may be but a part of it.
            return Reject(text, "The answer was cut off at the output limit. Give a shorter one.");
        }

        try
        {
            var objects = AnswerText.Objects(text).ToArray();
            return objects.Length == 0 ? Reject(text, "The answer is text, not a JSON object.") : Accept(objects, text);
        }
        catch (InvalidOperationException)
        {
            return Reject(text, HalfCharacter);
        }
    }

    private string? Accept(JsonElement[] values, string raw)
    {
        IReadOnlyList<SchemaError>? first = null;
        foreach (var value in values.SelectMany(WithContent))
        {
            var errors = _validator.Validate(value);
            if (errors.Count == 0)
            {
                return Write(value.WriteTo);
            }

            if (AnswerRepair.TryRepair(value, errors, _validator) is { } repaired)
            {
                return Write(repaired.WriteTo);
            }

            first ??= errors;
        }

        return Reject(raw, string.Join('\n', first!.Select(error => $"- {error}")));
    }

    private string? Reject(string? raw, string errors)
    {
        Rejected++;
        LastRejected = raw;
        Errors = errors;
        return null;
    }

    /// <summary>A value, and what it holds if it is but a wrapping: some models put the answer one level too deep.</summary>
    private IEnumerable<JsonElement> WithContent(JsonElement value)
    {
        if (_isWrapped && value.ValueKind == JsonValueKind.Object && value.TryGetProperty(AnswerEnvelope.Name, out var content))
        {
            yield return content;
        }

        yield return value;
        if (value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 1)
        {
            var only = value.EnumerateObject().First();
            if (only.Value.ValueKind == JsonValueKind.Object && !IsDeclared(only.Name))
            {
                yield return only.Value;
            }
            else if (only.Value.ValueKind == JsonValueKind.String && !IsDeclared(only.Name))
            {
                foreach (var inner in AnswerText.Objects(only.Value.GetString()!))
                {
                    yield return inner;
                }
            }
        }
    }

    /// <summary>The arguments as they came, or as well as they can be shown where the client does not keep that.</summary>
    private static string? Raw(FunctionCallContent call) => call.RawRepresentation as string ?? (call.Arguments is null ? null : new Tools.ToolArguments(call.Arguments).Json());

    private bool IsDeclared(string name) =>
        Schema.ValueKind == JsonValueKind.Object && Schema.TryGetProperty("properties", out var properties)
        && properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(name, out _);

    private static void WriteArguments(Utf8JsonWriter writer, IDictionary<string, object?> arguments)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in arguments)
        {
            writer.WritePropertyName(name);
            if (value is JsonElement element)
            {
                element.WriteTo(writer);
            }
            else
            {
                JsonSerializer.Serialize(writer, value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object)));
            }
        }

        writer.WriteEndObject();
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
