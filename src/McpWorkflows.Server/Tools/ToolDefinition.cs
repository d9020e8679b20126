using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tools;

/// <summary>
/// Reads the files in <c>prompts/tools</c>. Schemas are written by hand, since generated ones say
/// <c>["string","null"]</c>, which some clients refuse.
/// </summary>
internal static class ToolDefinition
{
    public static Tool Load(string name)
    {
        using var stream = typeof(ToolDefinition).Assembly.GetManifestResourceStream($"prompts/tools/{name}.json")
            ?? throw new InvalidOperationException($"The tool '{name}' is not embedded.");
        return (Tool)JsonSerializer.Deserialize(stream, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool)))!;
    }
}
