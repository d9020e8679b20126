using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Cluster.Messages;

/// <summary>The JSON of messages, and of requests and outcomes in the ledger.</summary>
internal static class ClusterJson
{
    private static readonly ClusterJsonContext Context = new(new JsonSerializerOptions(ClusterJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static byte[] Write(CallMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, Context.CallMessage);

    public static byte[] Write(ReplyMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, Context.ReplyMessage);

    public static byte[] Write(NewsMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, Context.NewsMessage);

    public static string Write(CallEnvelope envelope) => JsonSerializer.Serialize(envelope, Context.CallEnvelope);

    public static string Write(AgentOutcome outcome) => JsonSerializer.Serialize(outcome, Context.AgentOutcome);

    /// <summary>Null for bytes that are no such message: they are of another release, or of somebody else.</summary>
    public static CallMessage? ReadCall(ReadOnlySpan<byte> body) => Read(body, Context.CallMessage);

    /// <inheritdoc cref="ReadCall"/>
    public static ReplyMessage? ReadReply(ReadOnlySpan<byte> body) => Read(body, Context.ReplyMessage);

    /// <inheritdoc cref="ReadCall"/>
    public static NewsMessage? ReadNews(ReadOnlySpan<byte> body) => Read(body, Context.NewsMessage);

    /// <summary>Throws <see cref="JsonException"/> for one of another release.</summary>
    public static CallEnvelope ReadEnvelope(string json) => JsonSerializer.Deserialize(json, Context.CallEnvelope) ?? throw new JsonException("null");

    /// <summary>Throws <see cref="JsonException"/> for one of another release.</summary>
    public static AgentOutcome ReadOutcome(string json) => JsonSerializer.Deserialize(json, Context.AgentOutcome) ?? throw new JsonException("null");

    private static T? Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CallMessage))]
[JsonSerializable(typeof(ReplyMessage))]
[JsonSerializable(typeof(NewsMessage))]
[JsonSerializable(typeof(CallEnvelope))]
[JsonSerializable(typeof(AgentOutcome))]
internal sealed partial class ClusterJsonContext : JsonSerializerContext;
