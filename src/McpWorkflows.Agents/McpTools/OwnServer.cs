namespace McpWorkflows.Agents.McpTools;

/// <summary>Recognizes this product among the configured servers: workflows do not start workflows.</summary>
internal static class OwnServer
{
    public const string ServerName = "mcp-workflows";

    private static readonly string[] Programs = ["mcp-workflows", "McpWorkflows.Server"];

    /// <summary>By its configuration, before anything is started.</summary>
    public static bool Is(string name, McpServerDefinition definition) =>
        string.Equals(name, ServerName, StringComparison.OrdinalIgnoreCase)
        || definition.Args.Prepend(definition.Command ?? "").Any(IsProgram);

    /// <summary>By what a started one says of itself.</summary>
    public static bool Is(string serverName) => string.Equals(serverName, ServerName, StringComparison.OrdinalIgnoreCase);

    private static bool IsProgram(string word)
    {
        var file = word.Split('/', '\\')[^1];
        var name = file.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? file[..^4]
            : file.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase) ? file[..^7] : file;
        return Programs.Contains(name, StringComparer.OrdinalIgnoreCase);
    }
}
