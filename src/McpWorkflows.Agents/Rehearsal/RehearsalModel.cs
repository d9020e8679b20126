using System.Text.Encodings.Web;
using System.Text.Json;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Rehearsal;

/// <summary>
/// The model that is none: answers at once, at no cost, with values made from the schema or a short text. The same
/// call gets the same answer.
/// </summary>
internal static class RehearsalModel
{
    /// <summary>
    /// Calls of a run after which lists come back as short as the schema allows. A loop that asks until nothing new
    /// is found would otherwise go on to the cap; real runs of that size are rare.
    /// </summary>
    private const int PlentifulCalls = 300;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static AgentOutcome Answer(AgentRequest request) => new()
    {
        Kind = AgentOutcomeKind.Succeeded,
        AnswerJson = request.Options.SchemaJson is { } schema ? FromSchema(schema, request.CallNumber) : Text(request),
        Attempts = 1,
        Model = "rehearsal",
        Rehearsed = true,
    };

    private static string FromSchema(string schemaJson, int callNumber)
    {
        using var schema = JsonDocument.Parse(schemaJson, new JsonDocumentOptions { MaxDepth = 1_000 });
        var value = new SampleValue(schema.RootElement, shortLists: callNumber > PlentifulCalls).Make();
        return Write(writer => value.WriteTo(writer));
    }

    private static string Text(AgentRequest request) => Write(writer => writer.WriteStringValue($"[rehearsed answer to: {request.Label}]"));

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            write(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
