using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

/// <summary>
/// Validates values against JSON Schema 2020-12, as far as a schema stands alone: references lead into the schema
/// itself (<c>#</c>, JSON pointers, <c>$anchor</c>), <c>format</c> is an annotation, and <c>unevaluated*</c> and
/// dynamic references are not looked at. Draft-07's <c>definitions</c>, <c>dependencies</c> and array <c>items</c>
/// are understood, since models and scripts write them.
/// </summary>
internal sealed class JsonSchemaValidator(JsonElement root)
{
    private const int MaxErrors = 20;
    private const int MaxDepth = 128;

    private readonly SchemaReferences _references = new(root);

    /// <summary>Empty when the value satisfies the schema; at most 20 errors.</summary>
    public IReadOnlyList<SchemaError> Validate(JsonElement value)
    {
        var errors = new List<SchemaError>();
        Validate(root, value, "", 0, errors);
        return errors.Count > MaxErrors ? errors[..MaxErrors] : errors;
    }

    private bool IsValid(JsonElement schema, JsonElement value, int depth)
    {
        var errors = new List<SchemaError>();
        Validate(schema, value, "", depth, errors);
        return errors.Count == 0;
    }

    private void Validate(JsonElement schema, JsonElement value, string path, int depth, List<SchemaError> errors)
    {
        if (schema.ValueKind == JsonValueKind.False)
        {
            errors.Add(new SchemaError(path, "is not allowed"));
        }

        if (schema.ValueKind != JsonValueKind.Object || errors.Count > MaxErrors)
        {
            return;
        }

        if (depth > MaxDepth)
        {
            errors.Add(new SchemaError(path, "is nested too deeply for the schema to be followed"));
            return;
        }

        if (schema.TryGetProperty("$ref", out var reference) && _references.Resolve(reference) is { } target)
        {
            Validate(target, value, path, depth + 1, errors);
        }

        if (!ValueRules.CheckType(schema, value, path, errors))
        {
            // Everything else would only repeat that the kind is wrong.
            return;
        }

        ValueRules.Check(schema, value, path, errors);
        Combine(schema, value, path, depth + 1, errors);
        if (value.ValueKind == JsonValueKind.Object)
        {
            ValidateObject(schema, value, path, depth + 1, errors);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            ValidateArray(schema, value, path, depth + 1, errors);
        }
    }

    private void Combine(JsonElement schema, JsonElement value, string path, int depth, List<SchemaError> errors)
    {
        foreach (var part in Members(schema, "allOf"))
        {
            Validate(part, value, path, depth, errors);
        }

        if (schema.TryGetProperty("anyOf", out var anyOf) && anyOf.ValueKind == JsonValueKind.Array)
        {
            RequireOne(anyOf, value, path, depth, errors);
        }

        if (schema.TryGetProperty("oneOf", out var oneOf) && oneOf.ValueKind == JsonValueKind.Array)
        {
            var matches = oneOf.EnumerateArray().Count(part => IsValid(part, value, depth));
            if (matches > 1)
            {
                errors.Add(new SchemaError(path, $"matches {matches} of the alternatives of oneOf, but must match exactly one"));
            }
            else if (matches == 0)
            {
                RequireOne(oneOf, value, path, depth, errors);
            }
        }

        if (schema.TryGetProperty("not", out var not) && IsValid(not, value, depth))
        {
            errors.Add(new SchemaError(path, $"must not match {Brief.Json(not)}"));
        }

        if (schema.TryGetProperty("if", out var condition)
            && schema.TryGetProperty(IsValid(condition, value, depth) ? "then" : "else", out var branch))
        {
            Validate(branch, value, path, depth, errors);
        }
    }

    /// <summary>The errors of the alternative that comes nearest tell a model more than "none matches".</summary>
    private void RequireOne(JsonElement alternatives, JsonElement value, string path, int depth, List<SchemaError> errors)
    {
        List<SchemaError>? nearest = null;
        foreach (var alternative in alternatives.EnumerateArray())
        {
            var found = new List<SchemaError>();
            Validate(alternative, value, path, depth, found);
            if (found.Count == 0)
            {
                return;
            }

            if (nearest is null || Distance(found, path) < Distance(nearest, path))
            {
                nearest = found;
            }
        }

        errors.Add(new SchemaError(path, "matches none of the alternatives; the nearest one says:"));
        errors.AddRange(nearest ?? []);

        static int Distance(List<SchemaError> found, string path) => found.Count + (found.Exists(error => error.Path == path) ? 100 : 0);
    }

    private void ValidateObject(JsonElement schema, JsonElement value, string path, int depth, List<SchemaError> errors)
    {
        ValueRules.CheckObject(schema, value, path, errors);
        var properties = Member(schema, "properties", JsonValueKind.Object);
        var patterns = Member(schema, "patternProperties", JsonValueKind.Object);
        var names = Member(schema, "propertyNames", null);
        var hasAdditional = schema.TryGetProperty("additionalProperties", out var additional);
        foreach (var property in value.EnumerateObject())
        {
            var place = $"{path}/{property.Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
            var known = false;
            if (properties is { } declared && declared.TryGetProperty(property.Name, out var own))
            {
                known = true;
                Validate(own, property.Value, place, depth, errors);
            }

            foreach (var pattern in patterns?.EnumerateObject() ?? default)
            {
                if (Patterns.Matches(pattern.Name, property.Name))
                {
                    known = true;
                    Validate(pattern.Value, property.Value, place, depth, errors);
                }
            }

            if (!known && hasAdditional)
            {
                CheckAdditional(additional, property.Value, place, depth, errors);
            }

            if (names is { } nameSchema && !IsValid(nameSchema, JsonSerializer.SerializeToElement(property.Name, PlainJson.Default.String), depth))
            {
                errors.Add(new SchemaError(place, "has a name that propertyNames forbids"));
            }
        }

        foreach (var dependency in Member(schema, "dependentSchemas", JsonValueKind.Object)?.EnumerateObject() ?? default)
        {
            if (value.TryGetProperty(dependency.Name, out _))
            {
                Validate(dependency.Value, value, path, depth, errors);
            }
        }
    }

    private void CheckAdditional(JsonElement additional, JsonElement value, string place, int depth, List<SchemaError> errors)
    {
        if (additional.ValueKind == JsonValueKind.False)
        {
            errors.Add(new SchemaError(place, "is not a property of the schema; remove it"));
        }
        else
        {
            Validate(additional, value, place, depth, errors);
        }
    }

    private void ValidateArray(JsonElement schema, JsonElement value, string path, int depth, List<SchemaError> errors)
    {
        ValueRules.CheckArray(schema, value, path, errors);
        var prefix = Member(schema, "prefixItems", JsonValueKind.Array) ?? Member(schema, "items", JsonValueKind.Array);
        var prefixLength = prefix?.GetArrayLength() ?? 0;
        var rest = Member(schema, "items", JsonValueKind.Array) is null ? Member(schema, "items", null) : Member(schema, "additionalItems", null);
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var place = $"{path}/{index}";
            if (index < prefixLength)
            {
                Validate(prefix!.Value[index], item, place, depth, errors);
            }
            else if (rest is { } itemSchema)
            {
                Validate(itemSchema, item, place, depth, errors);
            }

            index++;
        }

        if (schema.TryGetProperty("contains", out var contains))
        {
            var matches = value.EnumerateArray().Count(item => IsValid(contains, item, depth));
            ValueRules.CheckContains(schema, matches, path, errors);
        }
    }

    private static JsonElement.ArrayEnumerator Members(JsonElement schema, string name) =>
        Member(schema, name, JsonValueKind.Array)?.EnumerateArray() ?? default;

    private static JsonElement? Member(JsonElement schema, string name, JsonValueKind? kind) =>
        schema.TryGetProperty(name, out var member) && (kind is null || member.ValueKind == kind) ? member : null;
}
