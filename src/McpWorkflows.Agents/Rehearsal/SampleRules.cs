using System.Text.Json;

namespace McpWorkflows.Agents.Rehearsal;

/// <summary>What several schemas that hold at once say together.</summary>
internal sealed class SampleRules(List<JsonElement> schemas)
{
    public JsonElement? Get(string keyword)
    {
        foreach (var schema in schemas)
        {
            if (schema.TryGetProperty(keyword, out var value))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The values every <c>enum</c> allows; null without one.</summary>
    public List<JsonElement>? Choices()
    {
        List<JsonElement>? choices = null;
        foreach (var list in All("enum", JsonValueKind.Array))
        {
            choices = [.. list.EnumerateArray().Where(value => choices?.Exists(other => JsonElement.DeepEquals(value, other)) ?? true)];
        }

        return choices;
    }

    /// <summary>The first type that is allowed and not null, else one that other keywords imply.</summary>
    public string Kind()
    {
        var named = Get("type");
        if (named is { ValueKind: JsonValueKind.String } one)
        {
            return one.GetString()!;
        }

        if (named is { ValueKind: JsonValueKind.Array } several)
        {
            return several.EnumerateArray().Select(type => type.ToString()).FirstOrDefault(type => type != "null") ?? "null";
        }

        return Get("properties") is not null || Get("required") is not null ? "object"
            : Get("items") is not null || Get("prefixItems") is not null ? "array"
            : Get("minimum") is not null || Get("maximum") is not null || Get("multipleOf") is not null ? "number"
            : "string";
    }

    public HashSet<string> Names(string keyword) =>
        [.. All(keyword, JsonValueKind.Array).SelectMany(list => list.EnumerateArray()).Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)];

    /// <summary>Declared properties in the order of the schema, each with all that is said about it.</summary>
    public List<(string Name, List<JsonElement> Schemas)> Properties()
    {
        var properties = new List<(string Name, List<JsonElement> Schemas)>();
        foreach (var property in All("properties", JsonValueKind.Object).SelectMany(list => list.EnumerateObject()))
        {
            var known = properties.Find(entry => entry.Name == property.Name);
            if (known.Schemas is null)
            {
                properties.Add((property.Name, [property.Value]));
            }
            else
            {
                known.Schemas.Add(property.Value);
            }
        }

        return properties;
    }

    public List<JsonElement> Additional() => [.. All("additionalProperties", JsonValueKind.Object)];

    public List<JsonElement> Prefix() =>
        [.. All("prefixItems", JsonValueKind.Array).Concat(All("items", JsonValueKind.Array)).Take(1).SelectMany(list => list.EnumerateArray())];

    public List<JsonElement> Items() => [.. All("items", JsonValueKind.Object).Concat(All("items", JsonValueKind.False))];

    /// <summary>The strictest lower bound; null without one.</summary>
    public double? Least(string keyword) => Limits(keyword).Select(limit => (double?)limit).Max();

    /// <summary>The strictest upper bound; null without one.</summary>
    public double? Most(string keyword) => Limits(keyword).Select(limit => (double?)limit).Min();

    private IEnumerable<double> Limits(string keyword) => All(keyword, JsonValueKind.Number).Select(value => value.GetDouble());

    private IEnumerable<JsonElement> All(string keyword, JsonValueKind kind)
    {
        foreach (var schema in schemas)
        {
            if (schema.TryGetProperty(keyword, out var value) && value.ValueKind == kind)
            {
                yield return value;
            }
        }
    }
}
