namespace McpWorkflows.Agents.Schemas;

/// <summary>One way in which a value misses its schema.</summary>
/// <param name="Path">JSON pointer into the value; empty for the root.</param>
internal sealed record SchemaError(string Path, string Message)
{
    public override string ToString() => $"{(Path.Length == 0 ? "(root)" : Path)}: {Message}";
}
