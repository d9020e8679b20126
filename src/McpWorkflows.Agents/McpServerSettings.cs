namespace McpWorkflows.Agents;

/// <summary>
/// Another MCP server whose tools agents may use, as clients' files state it: a command to start, or an address. Not a
/// record: environment and headers may hold keys and must not print.
/// </summary>
public sealed class McpServerSettings
{
    public required string Name { get; init; }

    /// <summary>Set unless <see cref="Url"/> is.</summary>
    public string? Command { get; init; }

    public IReadOnlyList<string> Args { get; init; } = [];

    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Streamable HTTP.</summary>
    public Uri? Url { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
