using System.Text.Json.Serialization;

namespace McpWorkflows.Agents.Schemas;

/// <summary>Serialization without reflection, which would cost start time.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class PlainJson : JsonSerializerContext;
