namespace McpWorkflows.Agents.McpTools;

/// <summary>An MCP server whose tools agents may use, as clients configure it: a command line or an address.</summary>
public sealed record McpServerDefinition
{
    /// <summary>Program to start; it is spoken to over its standard streams. Set unless <see cref="Url"/> is.</summary>
    public string? Command { get; init; }

    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Variables for the program besides the harmless ones of this process; keys only by being named here.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Address of a server that speaks Streamable HTTP (or the older HTTP with SSE).</summary>
    public Uri? Url { get; init; }

    /// <summary>Sent with each request to <see cref="Url"/>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    internal string? Problem => (Command, Url) switch
    {
        ({ Length: > 0 }, null) => null,
        (null or "", { Scheme: "http" or "https" }) => null,
        (null or "", not null) => "'url' must begin with http:// or https://",
        ({ Length: > 0 }, not null) => "it has both 'command' and 'url'; keep one",
        _ => "it needs 'command' (a program) or 'url' (an address)",
    };
}
