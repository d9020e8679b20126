using System.Text.Json;

namespace McpWorkflows.Engine.Scripting;

/// <summary>The options of one <c>checkpoint()</c> call, read from their JSON text and checked.</summary>
internal sealed record QuestionOptions(string? SchemaJson, string? DefaultJson, double? TimeoutMilliseconds)
{
    private static readonly QuestionOptions None = new(null, null, null);

    private static readonly string[] Known = ["schema", "default", "timeoutMs"];

    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 1_000 };

    /// <summary>Throws <see cref="CallRefusedException"/>.</summary>
    public static QuestionOptions Read(string? json)
    {
        if (json is null)
        {
            return None;
        }

        try
        {
            using var document = JsonDocument.Parse(json, Depth);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            // The text comes from JSON.stringify, so only its depth can be at fault.
            throw Fault("options are nested more than 1,000 deep. Flatten the schema.");
        }
        catch (InvalidOperationException)
        {
            // What the reader says to the escape of a lone surrogate.
            throw Fault("options hold half of a surrogate pair, which is no text. Cut strings between characters.");
        }
    }

    public QuestionAsked Ask(int requestId, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw Fault("got an empty question. Say what the person is to decide.");
        }

        return new QuestionAsked
        {
            RequestId = requestId,
            Text = text,
            SchemaJson = SchemaJson,
            DefaultJson = DefaultJson,
            TimeoutMilliseconds = TimeoutMilliseconds,
        };
    }

    private static QuestionOptions Read(JsonElement options)
    {
        var read = None;
        foreach (var option in options.EnumerateObject())
        {
            read = option.Name switch
            {
                // null is a default like any other.
                "default" => read with { DefaultJson = option.Value.GetRawText() },
                "schema" or "timeoutMs" when option.Value.ValueKind == JsonValueKind.Null => read,
                "schema" => read with { SchemaJson = Schema(option.Value) },
                "timeoutMs" => read with { TimeoutMilliseconds = Timeout(option.Value) },
                _ => throw Fault($"does not know the option '{option.Name}'. "
                    + (NearestName.Find(option.Name, Known) is { } near ? $"Did you mean '{near}'?" : $"Known options: {string.Join(", ", Known)}.")),
            };
        }

        return read;
    }

    private static string Schema(JsonElement schema) => SchemaCheck.FindFaultOfAny(schema) is { } fault
        ? throw Fault($"got an invalid schema: {fault}")
        : schema.GetRawText();

    private static double Timeout(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var milliseconds) && milliseconds > 0
            ? milliseconds
            : throw Fault("option timeoutMs must be a number of milliseconds above 0.");

    private static CallRefusedException Fault(string what) => new("TypeError", $"checkpoint() {what}");
}
