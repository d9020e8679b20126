using System.Text.Json;

namespace McpWorkflows.Engine.Scripting;

/// <summary>
/// Finds what makes a schema useless before an agent is paid for it: the shape of JSON Schema's keywords, not whether
/// the schema is wise. Unknown keywords pass, as the specification wants.
/// </summary>
internal static class SchemaCheck
{
    private const int MaxDepth = 100;

    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    private static readonly string[] Subschemas =
        ["items", "additionalProperties", "contains", "not", "if", "then", "else", "propertyNames", "unevaluatedProperties", "unevaluatedItems"];

    private static readonly string[] SubschemaLists = ["anyOf", "oneOf", "allOf", "prefixItems"];

    /// <summary>With one of these at the root, the fields may be named further inside.</summary>
    private static readonly string[] Choices = ["anyOf", "oneOf", "allOf", "$ref"];

    private static readonly string[] SubschemaMaps = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

    private static readonly string[] Counts =
        ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"];

    private static readonly string[] Numbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

    /// <summary>Place (a JSON pointer with <c>schema</c> as the root) and fault, or null.</summary>
    public static string? FindFault(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return "schema must be an object such as { type: 'object', properties: { … } }";
        }

        var isChoice = Array.Exists(Choices, keyword => schema.TryGetProperty(keyword, out _));
        if (!schema.TryGetProperty("type", out var type) ? !isChoice : type.ValueKind != JsonValueKind.String || type.GetString() != "object")
        {
            return "schema/type must be 'object' at the root. Wrap the answer: { type: 'object', properties: { answer: … } }";
        }

        if (!isChoice && !schema.TryGetProperty("properties", out _))
        {
            return "schema/properties is missing. Name the fields of the answer";
        }

        return Check(schema, "schema", 0);
    }

    /// <summary>The same for a schema whose root may be of any type.</summary>
    public static string? FindFaultOfAny(JsonElement schema) => Check(schema, "schema", 0);

    private static string? Check(JsonElement schema, string at, int depth)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return null;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            return $"{at} must be a schema, which is an object, got {Shown(schema)}";
        }

        if (depth > MaxDepth)
        {
            return $"{at} is nested more than {MaxDepth} deep";
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            var here = $"{at}/{Escaped(keyword.Name)}";
            if (CheckKeyword(keyword.Name, keyword.Value, here, depth) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string? CheckKeyword(string name, JsonElement value, string at, int depth) => name switch
    {
        "type" => CheckType(value, at),
        "required" => CheckNames(value, at),
        "enum" => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 ? null : $"{at} must be an array with at least one value",
        "pattern" or "$ref" or "title" or "description" or "format" =>
            value.ValueKind == JsonValueKind.String ? null : $"{at} must be a string, got {Shown(value)}",
        // Draft 4 to 2019-09 wrote tuples as an array of schemas.
        "items" when value.ValueKind == JsonValueKind.Array => CheckList(value, at, depth),
        _ when SubschemaMaps.Contains(name) => CheckMap(value, at, depth),
        _ when SubschemaLists.Contains(name) => CheckList(value, at, depth),
        _ when Subschemas.Contains(name) => Check(value, at, depth + 1),
        _ when Counts.Contains(name) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0
            ? null
            : $"{at} must be a whole number of 0 or more, got {Shown(value)}",
        _ when Numbers.Contains(name) => value.ValueKind == JsonValueKind.Number ? null : $"{at} must be a number, got {Shown(value)}",
        _ => null,
    };

    private static string? CheckType(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0)
        {
            return value.EnumerateArray().Select(item => CheckTypeName(item, at)).FirstOrDefault(fault => fault is not null);
        }

        return CheckTypeName(value, at);
    }

    private static string? CheckTypeName(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.String && Types.Contains(value.GetString()))
        {
            return null;
        }

        var near = value.ValueKind == JsonValueKind.String ? NearestName.Find(value.GetString()!, Types) : null;
        var hint = near is null ? $"Known types: {string.Join(", ", Types)}" : $"Did you mean '{near}'?";
        return $"{at} has the unknown type {Shown(value)}. {hint}";
    }

    private static string? CheckNames(JsonElement value, string at) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? null
            : $"{at} must be an array of property names, got {Shown(value)}";

    private static string? CheckMap(JsonElement value, string at, int depth)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return $"{at} must be an object of schemas, got {Shown(value)}";
        }

        foreach (var entry in value.EnumerateObject())
        {
            if (Check(entry.Value, $"{at}/{Escaped(entry.Name)}", depth + 1) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string? CheckList(JsonElement value, string at, int depth)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return $"{at} must be an array of schemas, got {Shown(value)}";
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (Check(item, $"{at}/{index++}", depth + 1) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string Shown(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 40 ? text : value.ValueKind == JsonValueKind.Array ? "an array" : value.ValueKind == JsonValueKind.Object ? "an object" : text[..40] + "…";
    }

    // RFC 6901, section 3.
    private static string Escaped(string key) => key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
