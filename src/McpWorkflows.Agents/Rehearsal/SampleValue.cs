using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Agents.Schemas;

namespace McpWorkflows.Agents.Rehearsal;

/// <summary>Makes a value that satisfies a schema, as far as making one up can.</summary>
internal sealed class SampleValue(JsonElement root, bool shortLists, int longest = 2)
{
    private const int MaxDepth = 24;
    private const int EnoughDepth = 5;

    private readonly SchemaResources _resources = new(root, null);
    private readonly JsonSchemaValidator _validator = new(root);

    public JsonNode Make()
    {
        // Optional properties make a rehearsal livelier, but some schemas forbid what they seem to allow.
        var full = Value(new Place("", 1, 0, Optional: true), [root]);
        return IsValid(full) ? full! : Value(new Place("", 1, 0, Optional: false), [root]) ?? new JsonObject();
    }

    private bool IsValid(JsonNode? node)
    {
        using var document = JsonDocument.Parse(node?.ToJsonString() ?? "null", new JsonDocumentOptions { MaxDepth = 1_000 });
        return _validator.Validate(document.RootElement).Count == 0;
    }

    /// <summary>A value for several schemas that hold at once.</summary>
    private JsonNode? Value(Place place, List<JsonElement> schemas)
    {
        var rules = new SampleRules(Flatten(schemas, 0));
        if (place.Depth > MaxDepth)
        {
            return null;
        }

        if (rules.Get("const") is { } constant)
        {
            return Copy(constant);
        }

        if (rules.Choices() is { } choices)
        {
            return Copy(choices.Count == 0 ? default : choices[0]);
        }

        return rules.Kind() switch
        {
            "object" => Object(place, rules),
            "array" => Array(place, rules),
            "string" => SampleText.Make(place.Name, place.Number, rules),
            "integer" or "number" => SampleNumber.Make(place.Name, rules),
            "boolean" => SampleNames.Boolean(place.Name),
            _ => null,
        };
    }

    private JsonObject Object(Place place, SampleRules rules)
    {
        var value = new JsonObject();
        var required = rules.Names("required");
        var declared = rules.Properties();
        foreach (var (name, schemas) in declared)
        {
            if (required.Contains(name) || (place.Optional && place.Depth <= EnoughDepth))
            {
                value[name] = Value(new Place(name, place.Number, place.Depth + 1, place.Optional), schemas);
            }
        }

        foreach (var name in required.Where(name => !value.ContainsKey(name)))
        {
            value[name] = Value(new Place(name, place.Number, place.Depth + 1, place.Optional), rules.Additional());
        }

        for (var index = 1; value.Count < rules.Least("minProperties"); index++)
        {
            value[$"key{index}"] = Value(new Place($"key{index}", index, place.Depth + 1, place.Optional), rules.Additional());
        }

        return value;
    }

    private JsonArray Array(Place place, SampleRules rules)
    {
        var prefix = rules.Prefix();
        var items = rules.Items();
        var least = Math.Max((int)(rules.Least("minItems") ?? 0), rules.Get("contains") is null ? 0 : (int)(rules.Least("minContains") ?? 1));
        var most = (int)(rules.Most("maxItems") ?? int.MaxValue);
        // Trees that may grow for ever stop soon.
        var wanted = shortLists || place.Depth > EnoughDepth ? 0 : place.Depth <= 1 ? longest : (longest + 1) / 2;
        var count = Math.Min(most, Math.Max(least, Math.Max(wanted, prefix.Count)));
        if (prefix.Count == 0 && items.Exists(item => item.ValueKind == JsonValueKind.False))
        {
            count = least;
        }

        var contained = (int)(rules.Get("contains") is null ? 0 : rules.Least("minContains") ?? 1);
        var value = new JsonArray();
        var choices = new SampleRules(Flatten(items, 0)).Choices();
        for (var index = 0; index < count; index++)
        {
            var schemas = index < prefix.Count ? [prefix[index]] : new List<JsonElement>(items);
            if (index < contained)
            {
                schemas.Add(rules.Get("contains")!.Value);
            }

            // Different items: scripts drop repetitions, and some schemas forbid them.
            if (index >= prefix.Count && choices is { Count: > 0 })
            {
                if (index >= choices.Count && count > least)
                {
                    break;
                }

                value.Add(Copy(choices[index % choices.Count]));
                continue;
            }

            value.Add(Value(new Place(place.Name, index + 1, place.Depth + 1, place.Optional), schemas));
        }

        return value;
    }

    /// <summary>References followed, <c>allOf</c> taken in, and one alternative of each choice.</summary>
    private List<JsonElement> Flatten(List<JsonElement> schemas, int depth)
    {
        var flat = new List<JsonElement>();
        foreach (var schema in schemas)
        {
            if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
            {
                continue;
            }

            flat.Add(schema);
            if (schema.TryGetProperty("$ref", out var reference) && _resources.Resolve(reference) is { } target)
            {
                flat.AddRange(Flatten([target], depth + 1));
            }

            if (schema.TryGetProperty("allOf", out var all) && all.ValueKind == JsonValueKind.Array)
            {
                flat.AddRange(Flatten([.. all.EnumerateArray()], depth + 1));
            }

            foreach (var keyword in (string[])["anyOf", "oneOf"])
            {
                if (schema.TryGetProperty(keyword, out var choice) && choice.ValueKind == JsonValueKind.Array && choice.GetArrayLength() > 0)
                {
                    flat.AddRange(Flatten([Liveliest(choice)], depth + 1));
                }
            }
        }

        return flat;
    }

    /// <summary>The first alternative that is not just null.</summary>
    private static JsonElement Liveliest(JsonElement alternatives) => alternatives.EnumerateArray()
        .Where(alternative => !(alternative.ValueKind == JsonValueKind.Object && alternative.TryGetProperty("type", out var type)
            && type.ValueKind == JsonValueKind.String && type.ValueEquals("null")))
        .DefaultIfEmpty(alternatives[0])
        .First();

    private static JsonNode? Copy(JsonElement element) =>
        element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : JsonNode.Parse(element.GetRawText(), null, new JsonDocumentOptions { MaxDepth = 1_000 });

    /// <param name="Number">Which of its siblings in a list, from 1.</param>
    private sealed record Place(string Name, int Number, int Depth, bool Optional);
}
