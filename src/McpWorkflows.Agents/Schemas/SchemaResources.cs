using System.Globalization;
using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

/// <summary>The resources of a schema by address, and where references lead.</summary>
internal sealed class SchemaResources
{
    private const int MaxDepth = 1_000;

    private static readonly Uri Nameless = new("json-schema:///");

    private static readonly HashSet<string> Single = new(StringComparer.Ordinal)
    {
        "additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames",
        "then", "unevaluatedItems", "unevaluatedProperties",
    };

    private static readonly HashSet<string> Lists = new(StringComparer.Ordinal) { "allOf", "anyOf", "oneOf", "prefixItems", "items" };

    private static readonly HashSet<string> Maps = new(StringComparer.Ordinal)
    {
        "$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties",
    };

    private readonly Dictionary<string, SchemaResource> _byAddress = new(StringComparer.Ordinal);

    public SchemaResources(JsonElement root, IReadOnlyDictionary<Uri, JsonElement>? known)
    {
        foreach (var (address, document) in known ?? new Dictionary<Uri, JsonElement>())
        {
            Index(document, Open(address, document), 0);
        }

        var outermost = Open(Nameless, root);
        Index(root, outermost, 0);
        Root = Enter(new SchemaPlace(root, outermost));
    }

    public SchemaPlace Root { get; }

    /// <summary>Some schema asks what others have looked at, so evaluations must keep count.</summary>
    public bool HasUnevaluated { get; private set; }

    /// <summary>The same place, in the resource that begins there if one does.</summary>
    public SchemaPlace Enter(SchemaPlace place) =>
        IdOf(place.Schema) is { } id && Combine(place.Resource.Address, id) is { } address
        && _byAddress.TryGetValue(Key(address), out var own)
            ? place with { Resource = own }
            : place;

    /// <summary>The schema to which a <c>$ref</c> of the outermost schema leads; null when that is nowhere.</summary>
    public JsonElement? Resolve(JsonElement reference) =>
        reference.ValueKind == JsonValueKind.String ? Resolve(Root.Resource, reference.GetString()!)?.Place.Schema : null;

    /// <summary>Where a <c>$ref</c> leads, with its absolute address; null when that is nowhere.</summary>
    public (SchemaPlace Place, string Address)? Resolve(SchemaResource from, string reference)
    {
        var mark = reference.IndexOf('#', StringComparison.Ordinal);
        var fragment = mark < 0 ? "" : Uri.UnescapeDataString(reference[(mark + 1)..]);
        var resource = from;
        if (mark != 0 && (Combine(from.Address, reference) is not { } target || !_byAddress.TryGetValue(Key(target), out resource)))
        {
            return null;
        }

        var found = fragment.Length == 0 ? new SchemaPlace(resource.Root, resource)
            : fragment[0] == '/' ? Follow(resource, fragment)
            : resource.Anchors.TryGetValue(fragment, out var anchored) ? new SchemaPlace(anchored, resource) : (SchemaPlace?)null;
        return found is { } place ? (Enter(place), $"{Key(resource.Address)}#{fragment}") : null;
    }

    /// <summary>As <see cref="Resolve"/>, where an outer resource may have put its own schema in the anchor's place.</summary>
    public (SchemaPlace Place, string Address)? ResolveDynamic(SchemaScope scope, string reference)
    {
        var found = Resolve(scope.Resource, reference);
        var mark = reference.IndexOf('#', StringComparison.Ordinal);
        var anchor = mark < 0 ? "" : reference[(mark + 1)..];
        if (found is null || !found.Value.Place.Resource.DynamicAnchors.ContainsKey(anchor))
        {
            return found;
        }

        for (var step = scope; step is not null; step = step.Outer)
        {
            if (step.Resource.DynamicAnchors.TryGetValue(anchor, out var schema))
            {
                found = (Enter(new SchemaPlace(schema, step.Resource)), $"{Key(step.Resource.Address)}#{anchor}");
            }
        }

        return found;
    }

    private static string? IdOf(JsonElement schema) => TextOf(schema, "$id") is { Length: > 0 } id && id[0] != '#' ? id : null;

    private static string? TextOf(JsonElement schema, string keyword) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string Key(Uri address)
    {
        var text = address.OriginalString.Contains("://", StringComparison.Ordinal) ? address.AbsoluteUri : address.OriginalString;
        var mark = text.IndexOf('#', StringComparison.Ordinal);
        return mark < 0 ? text : text[..mark];
    }

    private static Uri? Combine(Uri address, string reference)
    {
        // Where paths begin with a slash, .NET takes such a reference for a file of this machine.
        if (!reference.StartsWith('/') && Uri.TryCreate(reference, UriKind.Absolute, out var whole))
        {
            return whole;
        }

        return Uri.TryCreate(address, reference, out var combined) ? combined : null;
    }

    private SchemaResource Open(Uri address, JsonElement root)
    {
        if (!_byAddress.TryGetValue(Key(address), out var resource))
        {
            _byAddress.Add(Key(address), resource = new SchemaResource(address, root));
        }

        return resource;
    }

    private void Index(JsonElement schema, SchemaResource resource, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            return;
        }

        if (IdOf(schema) is { } id && Combine(resource.Address, id) is { } address)
        {
            resource = Open(address, schema);
        }

        if (TextOf(schema, "$anchor") is { } anchor)
        {
            resource.Anchors.TryAdd(anchor, schema);
        }

        if (TextOf(schema, "$dynamicAnchor") is { } dynamicAnchor)
        {
            resource.Anchors.TryAdd(dynamicAnchor, schema);
            resource.DynamicAnchors.TryAdd(dynamicAnchor, schema);
        }

        foreach (var member in schema.EnumerateObject())
        {
            HasUnevaluated |= member.NameEquals("unevaluatedProperties") || member.NameEquals("unevaluatedItems");
            if (member.Value.ValueKind == JsonValueKind.Array && Lists.Contains(member.Name))
            {
                foreach (var part in member.Value.EnumerateArray())
                {
                    Index(part, resource, depth + 1);
                }
            }
            else if (member.Value.ValueKind == JsonValueKind.Object && Maps.Contains(member.Name))
            {
                foreach (var part in member.Value.EnumerateObject())
                {
                    Index(part.Value, resource, depth + 1);
                }
            }
            else if (Single.Contains(member.Name))
            {
                Index(member.Value, resource, depth + 1);
            }
        }
    }

    private SchemaPlace? Follow(SchemaResource resource, string pointer)
    {
        var place = new SchemaPlace(resource.Root, resource);
        foreach (var token in pointer.Split('/').Skip(1))
        {
            var name = token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (place.Schema.ValueKind == JsonValueKind.Object && place.Schema.TryGetProperty(name, out var member))
            {
                place = Enter(place with { Schema = member });
            }
            else if (place.Schema.ValueKind == JsonValueKind.Array
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < place.Schema.GetArrayLength())
            {
                place = Enter(place with { Schema = place.Schema[index] });
            }
            else
            {
                return null;
            }
        }

        return place;
    }
}
