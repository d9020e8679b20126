using System.Text.Json.Serialization;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>A log event's payload, as the engine writes them.</summary>
internal sealed record LossPayload(string Level, string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LossPayload))]
internal sealed partial class LossJson : JsonSerializerContext;
