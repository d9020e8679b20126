using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpWorkflows.SemanticKernel.Tools;

/// <summary>
/// Kernel functions keep the schemas of their parameters and nothing around them, so that references to definitions beside
/// the parameters would lead nowhere: each is replaced by what it refers to.
/// </summary>
internal static class FlatSchema
{
    /// <summary>Definitions that refer to themselves are followed so far.</summary>
    private const int MaxDepth = 4;

    public static JsonElement Of(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !(schema.TryGetProperty("$defs", out _) || schema.TryGetProperty("definitions", out _)))
        {
            return schema;
        }

        var root = JsonObject.Create(schema)!;
        return JsonElement.Parse(Flatten(root, root, 0)!.ToJsonString());
    }

    private static JsonNode? Flatten(JsonNode? node, JsonObject root, int depth)
    {
        switch (node)
        {
            case JsonObject reference when reference["$ref"] is JsonValue value && value.TryGetValue<string>(out var path):
                return depth < MaxDepth && Find(root, path) is { } found ? Flatten(found, root, depth + 1) : new JsonObject();
            case JsonObject members:
                var copy = new JsonObject();
                foreach (var (name, value) in members)
                {
                    if (name is not ("$defs" or "definitions"))
                    {
                        copy[name] = Flatten(value, root, depth);
                    }
                }

                return copy;
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Flatten(item, root, depth))]);
            default:
                return node?.DeepClone();
        }
    }

    private static JsonNode? Find(JsonObject root, string path)
    {
        JsonNode? node = path.StartsWith("#/", StringComparison.Ordinal) ? root : null;
        foreach (var name in path.Split('/').Skip(1))
        {
            node = (node as JsonObject)?[name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)];
        }

        return node;
    }
}
