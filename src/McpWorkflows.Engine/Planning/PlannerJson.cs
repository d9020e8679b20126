using System.Text.Json.Serialization;

namespace McpWorkflows.Engine.Planning;

/// <summary>Texts in and out of JSON, without reflection.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class PlannerJson : JsonSerializerContext;
