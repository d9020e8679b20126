using System.Globalization;
using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

/// <summary>Resolves references within one schema.</summary>
internal sealed class SchemaReferences(JsonElement root)
{
    /// <summary>The schema a <c>$ref</c> leads to; null when it leads nowhere, which forbids nothing.</summary>
    public JsonElement? Resolve(JsonElement reference)
    {
        var text = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : "";
        if (!text.StartsWith('#'))
        {
            return null;
        }

        var fragment = Uri.UnescapeDataString(text[1..]);
        return fragment.Length == 0 || fragment[0] == '/' ? Follow(fragment) : FindAnchor(root, fragment, 0);
    }

    private JsonElement? Follow(string pointer)
    {
        var place = root;
        foreach (var token in pointer.Split('/').Skip(1))
        {
            var name = token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (place.ValueKind == JsonValueKind.Object && place.TryGetProperty(name, out var member))
            {
                place = member;
            }
            else if (place.ValueKind == JsonValueKind.Array
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < place.GetArrayLength())
            {
                place = place[index];
            }
            else
            {
                return null;
            }
        }

        return place;
    }

    private static JsonElement? FindAnchor(JsonElement schema, string anchor, int depth)
    {
        if (schema.ValueKind == JsonValueKind.Array)
        {
            return schema.EnumerateArray().Select(item => FindAnchor(item, anchor, depth + 1)).FirstOrDefault(found => found is not null);
        }

        if (schema.ValueKind != JsonValueKind.Object || depth > 64)
        {
            return null;
        }

        if (schema.TryGetProperty("$anchor", out var own) && own.ValueKind == JsonValueKind.String && own.ValueEquals(anchor))
        {
            return schema;
        }

        return schema.EnumerateObject().Select(member => FindAnchor(member.Value, anchor, depth + 1)).FirstOrDefault(found => found is not null);
    }
}
