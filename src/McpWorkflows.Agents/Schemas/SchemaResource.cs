using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

/// <summary>A schema with a base address of its own: a document, or a part of one that has an <c>$id</c>.</summary>
internal sealed class SchemaResource(Uri address, JsonElement root)
{
    public Uri Address => address;

    public JsonElement Root => root;

    public Dictionary<string, JsonElement> Anchors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonElement> DynamicAnchors { get; } = new(StringComparer.Ordinal);
}

/// <summary>A schema and the resource to which its references are relative.</summary>
internal readonly record struct SchemaPlace(JsonElement Schema, SchemaResource Resource);

/// <summary>The resources through which an evaluation has come, the innermost first.</summary>
internal sealed record SchemaScope(SchemaResource Resource, SchemaScope? Outer);
