using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Agents.Schemas;

namespace McpWorkflows.Agents.StructuredOutput;

/// <summary>
/// Mends what models get wrong without meaning it: JSON put into a string ("[1,2]", "5", "true"), and null for a
/// property that should be left out. Only what then satisfies the whole schema counts.
/// </summary>
internal static class AnswerRepair
{
    private const int MaxRounds = 3;

    public static JsonElement? TryRepair(JsonElement value, IReadOnlyList<SchemaError> errors, JsonSchemaValidator validator)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return null;
        }

        for (var round = 0; round < MaxRounds; round++)
        {
            JsonNode root = value.ValueKind == JsonValueKind.Object ? JsonObject.Create(value)! : JsonArray.Create(value)!;
            var mended = false;
            foreach (var path in errors.Select(error => error.Path).Where(path => path.Length > 0).Distinct())
            {
                mended |= Mend(root, path.Split('/').Skip(1).Select(Unescape).ToArray());
            }

            if (!mended)
            {
                return null;
            }

            using var document = JsonDocument.Parse(root.ToJsonString(), new JsonDocumentOptions { MaxDepth = StructuredAnswer.MaxDepth });
            value = document.RootElement.Clone();
            errors = validator.Validate(value);
            if (errors.Count == 0)
            {
                return value;
            }
        }

        return null;
    }

    private static bool Mend(JsonNode root, string[] steps)
    {
        var parent = root;
        foreach (var step in steps[..^1])
        {
            if (Child(parent, step) is not { } child)
            {
                return false;
            }

            parent = child;
        }

        var last = steps[^1];
        if (parent is JsonObject holder && holder.TryGetPropertyValue(last, out var member) && member is null)
        {
            return holder.Remove(last);
        }

        if (Child(parent, last) is not JsonValue text || text.GetValueKind() != JsonValueKind.String || Inner(text.GetValue<string>()) is not { } inner)
        {
            return false;
        }

        if (parent is JsonObject owner)
        {
            owner[last] = inner;
        }
        else
        {
            parent[int.Parse(last, CultureInfo.InvariantCulture)] = inner;
        }

        return true;
    }

    private static JsonNode? Child(JsonNode? parent, string step) => parent switch
    {
        JsonObject members => members.TryGetPropertyValue(step, out var member) ? member : null,
        JsonArray items when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < items.Count => items[index],
        _ => null,
    };

    private static JsonNode? Inner(string text)
    {
        try
        {
            return JsonNode.Parse(text) is { } node && node.GetValueKind() != JsonValueKind.String ? node : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Unescape(string step) => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
