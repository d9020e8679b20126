using System.Globalization;
using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

/// <summary>The keywords that look at one value alone.</summary>
internal static class ValueRules
{
    /// <summary>False when the value is of another kind than <c>type</c> says.</summary>
    public static bool CheckType(JsonElement schema, JsonElement value, string path, List<SchemaError> errors)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return true;
        }

        var fits = type.ValueKind switch
        {
            JsonValueKind.String => Is(value, type.GetString()!),
            JsonValueKind.Array => type.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && Is(value, one.GetString()!)),
            _ => true,
        };
        if (!fits)
        {
            errors.Add(new SchemaError(path, $"must be {Names(type)}, but is {Brief.Kind(value)} ({Brief.Json(value)})"));
        }

        return fits;
    }

    public static void Check(JsonElement schema, JsonElement value, string path, List<SchemaError> errors)
    {
        if (schema.TryGetProperty("enum", out var choices) && choices.ValueKind == JsonValueKind.Array
            && !choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)))
        {
            errors.Add(new SchemaError(path, $"must be one of {Brief.Json(choices)}, but is {Brief.Json(value)}"));
        }

        if (schema.TryGetProperty("const", out var constant) && !JsonElement.DeepEquals(constant, value))
        {
            errors.Add(new SchemaError(path, $"must be {Brief.Json(constant)}, but is {Brief.Json(value)}"));
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            CheckString(schema, value.GetString()!, path, errors);
        }
        else if (value.ValueKind == JsonValueKind.Number)
        {
            CheckNumber(schema, value, path, errors);
        }
    }

    public static void CheckObject(JsonElement schema, JsonElement value, string path, List<SchemaError> errors)
    {
        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array)
        {
            Require(required, value, path, "is required, but absent", errors);
        }

        CheckCount(schema, "minProperties", "maxProperties", value.GetPropertyCount(), "properties", path, errors);
        foreach (var keyword in (string[])["dependentRequired", "dependencies"])
        {
            if (!schema.TryGetProperty(keyword, out var dependencies) || dependencies.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            foreach (var dependency in dependencies.EnumerateObject())
            {
                if (dependency.Value.ValueKind == JsonValueKind.Array && value.TryGetProperty(dependency.Name, out _))
                {
                    Require(dependency.Value, value, path, $"is required where {dependency.Name} is given, but absent", errors);
                }
            }
        }
    }

    public static void CheckArray(JsonElement schema, JsonElement value, string path, List<SchemaError> errors)
    {
        CheckCount(schema, "minItems", "maxItems", value.GetArrayLength(), "items", path, errors);
        if (!schema.TryGetProperty("uniqueItems", out var unique) || unique.ValueKind != JsonValueKind.True)
        {
            return;
        }

        var items = value.EnumerateArray().ToArray();
        for (var later = 1; later < items.Length; later++)
        {
            var earlier = Array.FindIndex(items, 0, later, item => JsonElement.DeepEquals(item, items[later]));
            if (earlier >= 0)
            {
                errors.Add(new SchemaError($"{path}/{later}", $"repeats item {earlier}, but items must be unique"));
                return;
            }
        }
    }

    public static void CheckContains(JsonElement schema, int matches, string path, List<SchemaError> errors)
    {
        var least = Limit(schema, "minContains") ?? 1;
        if (matches < least)
        {
            errors.Add(new SchemaError(path, $"must contain at least {Text(least)} items that match contains, but has {matches}"));
        }

        if (Limit(schema, "maxContains") is { } most && matches > most)
        {
            errors.Add(new SchemaError(path, $"must contain at most {Text(most)} items that match contains, but has {matches}"));
        }
    }

    private static void Require(JsonElement names, JsonElement value, string path, string message, List<SchemaError> errors)
    {
        foreach (var name in names.EnumerateArray())
        {
            if (name.ValueKind == JsonValueKind.String && !value.TryGetProperty(name.GetString()!, out _))
            {
                errors.Add(new SchemaError($"{path}/{name.GetString()}", message));
            }
        }
    }

    private static void CheckString(JsonElement schema, string text, string path, List<SchemaError> errors)
    {
        if (schema.TryGetProperty("minLength", out _) || schema.TryGetProperty("maxLength", out _))
        {
            var length = text.EnumerateRunes().Count();
            CheckCount(schema, "minLength", "maxLength", length, "characters", path, errors);
        }

        if (schema.TryGetProperty("pattern", out var pattern) && pattern.ValueKind == JsonValueKind.String
            && !Patterns.Matches(pattern.GetString()!, text))
        {
            errors.Add(new SchemaError(path, $"must match the pattern {pattern.GetString()}"));
        }
    }

    private static void CheckNumber(JsonElement schema, JsonElement value, string path, List<SchemaError> errors)
    {
        Bound(Compare("minimum") is not < 0, "minimum", "at least");
        Bound(Compare("maximum") is not > 0, "maximum", "at most");
        Bound(Compare("exclusiveMinimum") is not <= 0, "exclusiveMinimum", "more than");
        Bound(Compare("exclusiveMaximum") is not >= 0, "exclusiveMaximum", "less than");
        Bound(IsMultiple(value, schema), "multipleOf", "a multiple of");

        int? Compare(string keyword) =>
            Limit(schema, keyword) is null ? null : Numbers.Compare(value, schema.GetProperty(keyword));

        void Bound(bool kept, string keyword, string words)
        {
            if (!kept)
            {
                errors.Add(new SchemaError(path, $"must be {words} {Brief.Json(schema.GetProperty(keyword))}, but is {Brief.Json(value)}"));
            }
        }
    }

    private static bool IsMultiple(JsonElement value, JsonElement schema) =>
        Limit(schema, "multipleOf") is not > 0 || Numbers.IsMultiple(value, schema.GetProperty("multipleOf"));

    private static void CheckCount(JsonElement schema, string least, string most, int count, string what, string path, List<SchemaError> errors)
    {
        if (Limit(schema, least) is { } minimum && count < minimum)
        {
            errors.Add(new SchemaError(path, $"must have at least {Text(minimum)} {what}, but has {count}"));
        }

        if (Limit(schema, most) is { } maximum && count > maximum)
        {
            errors.Add(new SchemaError(path, $"must have at most {Text(maximum)} {what}, but has {count}"));
        }
    }

    private static double? Limit(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var limit) && limit.ValueKind == JsonValueKind.Number ? limit.GetDouble() : null;

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Names(JsonElement type) => type.ValueKind == JsonValueKind.Array
        ? string.Join(" or ", type.EnumerateArray().Select(one => one.ToString()))
        : type.GetString()!;

    private static bool Is(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && Math.Floor(number) == number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };
}
