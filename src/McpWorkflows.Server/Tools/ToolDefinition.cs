using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tools;

/// <summary>
/// Reads what clients are told: the files in <c>prompts/tools</c> and <c>prompts/instructions.md</c>. Schemas are
/// written by hand, since generated ones say <c>["string","null"]</c>, which some clients refuse.
/// </summary>
internal static class ToolDefinition
{
    public static Tool Load(string name) =>
        (Tool)JsonSerializer.Deserialize(Read($"prompts/tools/{name}.json"), McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool)))!;

    public static string Instructions()
    {
        var text = Read("prompts/instructions.md");
        return text[(text.IndexOf("-->", StringComparison.Ordinal) + 3)..].Trim();
    }

    private static string Read(string resource)
    {
        using var stream = typeof(ToolDefinition).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"'{resource}' is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
