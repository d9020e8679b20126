using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

internal sealed partial class SchemaEvaluation
{
    private void ValidateObject(JsonElement schema, JsonElement value, string path, SchemaScope scope, List<SchemaError> errors, Evaluated? seen)
    {
        ValueRules.CheckObject(schema, value, path, errors);
        var properties = Member(schema, "properties", JsonValueKind.Object);
        var patterns = Member(schema, "patternProperties", JsonValueKind.Object);
        var names = Member(schema, "propertyNames", null);
        var hasAdditional = schema.TryGetProperty("additionalProperties", out var additional);
        foreach (var property in value.EnumerateObject())
        {
            var place = Place(path, property.Name);
            var known = false;
            if (properties is { } declared && declared.TryGetProperty(property.Name, out var own))
            {
                known = true;
                Validate(own, property.Value, place, scope, errors, NewSeen());
            }

            foreach (var pattern in patterns?.EnumerateObject() ?? default)
            {
                if (Patterns.Matches(pattern.Name, property.Name))
                {
                    known = true;
                    Validate(pattern.Value, property.Value, place, scope, errors, NewSeen());
                }
            }

            if (!known && hasAdditional)
            {
                known = true;
                ValidateExtra(additional, property.Value, place, scope, errors);
            }

            if (known)
            {
                seen?.Add(property.Name);
            }

            if (names is { } nameSchema
                && !IsValid(nameSchema, JsonSerializer.SerializeToElement(property.Name, PlainJson.Default.String), place, scope, NewSeen()))
            {
                errors.Add(new SchemaError(place, "has a name that propertyNames forbids"));
            }
        }

        foreach (var keyword in (string[])["dependentSchemas", "dependencies"])
        {
            foreach (var dependency in Member(schema, keyword, JsonValueKind.Object)?.EnumerateObject() ?? default)
            {
                if (value.TryGetProperty(dependency.Name, out _))
                {
                    Apply(dependency.Value, value, path, scope, errors, seen);
                }
            }
        }
    }

    private void ValidateArray(JsonElement schema, JsonElement value, string path, SchemaScope scope, List<SchemaError> errors, Evaluated? seen)
    {
        ValueRules.CheckArray(schema, value, path, errors);
        var prefix = Member(schema, "prefixItems", JsonValueKind.Array) ?? Member(schema, "items", JsonValueKind.Array);
        var prefixLength = prefix?.GetArrayLength() ?? 0;
        var rest = Member(schema, "items", JsonValueKind.Array) is null ? Member(schema, "items", null) : Member(schema, "additionalItems", null);
        var contains = Member(schema, "contains", null);
        var index = 0;
        var matches = 0;
        foreach (var item in value.EnumerateArray())
        {
            var place = $"{path}/{index}";
            if ((index < prefixLength ? prefix!.Value[index] : rest) is { } own)
            {
                Validate(own, item, place, scope, errors, NewSeen());
                seen?.Add(index);
            }

            if (contains is { } wanted && IsValid(wanted, item, place, scope, NewSeen()))
            {
                matches++;
                seen?.Add(index);
            }

            index++;
        }

        if (contains is not null)
        {
            ValueRules.CheckContains(schema, matches, path, errors);
        }
    }

    private void ValidateUnevaluated(JsonElement schema, JsonElement value, string path, SchemaScope scope, List<SchemaError> errors, Evaluated seen)
    {
        if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("unevaluatedProperties", out var otherProperties))
        {
            foreach (var property in value.EnumerateObject().Where(property => !seen.Has(property)))
            {
                ValidateExtra(otherProperties, property.Value, Place(path, property.Name), scope, errors);
            }

            seen.AddAll();
        }
        else if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("unevaluatedItems", out var otherItems))
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                if (!seen.Has(index))
                {
                    Validate(otherItems, item, $"{path}/{index}", scope, errors, NewSeen());
                }

                index++;
            }

            seen.AddAll();
        }
    }

    private void ValidateExtra(JsonElement schema, JsonElement value, string place, SchemaScope scope, List<SchemaError> errors)
    {
        if (schema.ValueKind == JsonValueKind.False)
        {
            errors.Add(new SchemaError(place, "is not a property of the schema; remove it"));
        }
        else
        {
            Validate(schema, value, place, scope, errors, NewSeen());
        }
    }

    // RFC 6901, section 3.
    private static string Place(string path, string name) =>
        $"{path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}
