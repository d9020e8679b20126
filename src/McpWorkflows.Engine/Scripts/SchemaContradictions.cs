using System.Text.Json;

namespace McpWorkflows.Engine.Scripts;

/// <summary>Finds schemas of the right shape that no value can meet. What it cannot judge, passes.</summary>
internal static class SchemaContradictions
{
    private const int MaxDepth = 60;

    private static readonly (string Least, string Most, string[] Types)[] Bounds =
    [
        ("minimum", "maximum", ["number", "integer"]), ("minLength", "maxLength", ["string"]), ("minItems", "maxItems", ["array"]),
        ("minProperties", "maxProperties", ["object"]),
    ];

    /// <summary>Place (as <c>schema/properties/a</c>) and what is wrong there; null when some value may do.</summary>
    public static (string Place, string Fault)? Find(JsonElement schema) => Find(schema, "schema", 0);

    private static (string Place, string Fault)? Find(JsonElement schema, string at, int depth)
    {
        if (schema.ValueKind == JsonValueKind.False)
        {
            return (at, "is false, which nothing matches");
        }

        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            return null;
        }

        if (OfValues(schema) is { } values)
        {
            return (at, values);
        }

        var types = Types(schema);
        return OfBounds(schema, types, at) ?? OfObject(schema, types, at, depth) ?? OfArray(schema, types, at, depth) ?? OfChoices(schema, types, at, depth);
    }

    private static string? OfValues(JsonElement schema)
    {
        var types = Types(schema);
        if (schema.TryGetProperty("not", out var not) && (not.ValueKind == JsonValueKind.True || (not.ValueKind == JsonValueKind.Object && !not.EnumerateObject().Any())))
        {
            return "forbids everything by \"not\"";
        }

        if (schema.TryGetProperty("enum", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0)
        {
            if (!list.EnumerateArray().Any(value => Fits(value, types)))
            {
                return $"has the type {Named(types)}, but none of the values of its enum is of that type";
            }

            if (schema.TryGetProperty("const", out var only) && !list.EnumerateArray().Any(value => JsonElement.DeepEquals(value, only)))
            {
                return "has a const that is not among the values of its enum";
            }
        }

        return schema.TryGetProperty("const", out var constant) && !Fits(constant, types) ? $"has the type {Named(types)}, but a const of another" : null;
    }

    private static (string, string)? OfBounds(JsonElement schema, HashSet<string> types, string at)
    {
        foreach (var (least, most, of) in Bounds)
        {
            // A bound on lengths says nothing about values of other types.
            if (types.All(of.Contains) && Number(schema, least) is { } low && Number(schema, most) is { } high && low > high)
            {
                return (at, $"has {least} {low} above {most} {high}");
            }
        }

        return types.All(Bounds[0].Types.Contains) && (Number(schema, "exclusiveMinimum") ?? Number(schema, "minimum")) is { } above
            && (Number(schema, "exclusiveMaximum") ?? Number(schema, "maximum")) is { } below
            && above >= below && (schema.TryGetProperty("exclusiveMinimum", out _) || schema.TryGetProperty("exclusiveMaximum", out _))
                ? (at, $"leaves no number between {above} and {below}")
                : null;
    }

    private static (string, string)? OfObject(JsonElement schema, HashSet<string> types, string at, int depth)
    {
        if (!types.SetEquals(["object"]) || !schema.TryGetProperty("required", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var known = schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object ? properties : default;
        var closed = schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.False && !schema.TryGetProperty("patternProperties", out _);
        var required = list.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!).Distinct().ToList();
        if (Number(schema, "maxProperties") is { } most && required.Count > most)
        {
            return (at, $"requires {required.Count} properties, but allows {most}");
        }

        foreach (var name in required)
        {
            if (known.ValueKind == JsonValueKind.Object && known.TryGetProperty(name, out var property))
            {
                if (Find(property, $"{at}/properties/{name}", depth + 1) is { } fault)
                {
                    return fault;
                }
            }
            else if (closed)
            {
                return ($"{at}/required", $"names '{name}', which properties does not have and additionalProperties: false forbids");
            }
        }

        return null;
    }

    private static (string, string)? OfArray(JsonElement schema, HashSet<string> types, string at, int depth)
    {
        if (!types.SetEquals(["array"]) || !(Number(schema, "minItems") > 0) || !schema.TryGetProperty("items", out var items))
        {
            return null;
        }

        if (items.ValueKind == JsonValueKind.Object && schema.TryGetProperty("uniqueItems", out var unique) && unique.ValueKind == JsonValueKind.True
            && items.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() < Number(schema, "minItems"))
        {
            return (at, "wants more different items than the enum of its items has values");
        }

        return schema.TryGetProperty("prefixItems", out _) ? null : Find(items, $"{at}/items", depth + 1);
    }

    private static (string, string)? OfChoices(JsonElement schema, HashSet<string> types, string at, int depth)
    {
        if (schema.TryGetProperty("allOf", out var all) && all.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in all.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object))
            {
                types.IntersectWith(Types(part));
                if (Find(part, at, depth + 1) is { } fault)
                {
                    return fault;
                }
            }

            if (types.Count == 0)
            {
                return (at, "wants values that are of several types at once (allOf)");
            }
        }

        foreach (var keyword in (string[])["anyOf", "oneOf"])
        {
            if (schema.TryGetProperty(keyword, out var any) && any.ValueKind == JsonValueKind.Array && any.GetArrayLength() > 0)
            {
                var faults = any.EnumerateArray().Select((part, index) => Find(part, $"{at}/{keyword}/{index}", depth + 1)
                    ?? (part.ValueKind == JsonValueKind.Object && !Types(part).Overlaps(types) ? ($"{at}/{keyword}/{index}", $"is never of the type {Named(types)} that stands beside {keyword}") : null)).ToList();
                if (faults.TrueForAll(fault => fault is not null))
                {
                    return faults[0];
                }
            }
        }

        return null;
    }

    private static HashSet<string> Types(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return ["object", "array", "string", "number", "integer", "boolean", "null"];
        }

        HashSet<string> types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(name => name.ToString())] : [type.ToString()];
        if (types.Contains("number"))
        {
            types.Add("integer");
        }

        return types;
    }

    private static string Named(HashSet<string> types) => string.Join(" or ", types.Contains("number") ? types.Where(type => type != "integer") : types);

    private static bool Fits(JsonElement value, HashSet<string> types) => value.ValueKind switch
    {
        JsonValueKind.Object => types.Contains("object"),
        JsonValueKind.Array => types.Contains("array"),
        JsonValueKind.String => types.Contains("string"),
        JsonValueKind.Number => types.Contains("number") || (types.Contains("integer") && value.GetDouble() == Math.Truncate(value.GetDouble())),
        JsonValueKind.True or JsonValueKind.False => types.Contains("boolean"),
        _ => types.Contains("null"),
    };

    private static double? Number(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
