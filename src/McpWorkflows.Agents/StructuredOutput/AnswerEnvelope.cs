using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpWorkflows.Agents.StructuredOutput;

/// <summary>
/// Providers take parameters of a tool only as a plain object; a schema whose root is a choice or a reference goes one
/// level deeper, and so does its answer.
/// </summary>
internal static class AnswerEnvelope
{
    public const string Name = "answer";

    private static readonly string[] Choices = ["anyOf", "oneOf", "allOf", "$ref", "if", "not"];

    public static JsonElement For(JsonElement schema, out bool isWrapped)
    {
        isWrapped = schema.ValueKind == JsonValueKind.Object && Array.Exists(Choices, keyword => schema.TryGetProperty(keyword, out _));
        if (!isWrapped)
        {
            return schema;
        }

        var inner = JsonObject.Create(schema)!;
        var outer = new JsonObject { ["type"] = "object" };
        foreach (var definitions in (string[])["$defs", "definitions"])
        {
            // References begin at the root, which is the envelope now.
            if (inner.Remove(definitions, out var moved))
            {
                outer[definitions] = moved;
            }
        }

        outer["properties"] = new JsonObject { [Name] = inner };
        outer["required"] = new JsonArray(Name);
        using var document = JsonDocument.Parse(outer.ToJsonString(), new JsonDocumentOptions { MaxDepth = StructuredAnswer.MaxDepth });
        return document.RootElement.Clone();
    }
}
