using System.Text;
using McpWorkflows.Agents.Processes;
using McpWorkflows.Agents.Tools;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Agents.McpTools;

/// <summary>A tool of an MCP server, as <c>mcp__server__tool</c>.</summary>
internal sealed class McpTool(McpServer server, Tool tool) : AgentTool(
    McpServers.NameOf(server.Name, tool.Name), tool.Description ?? tool.Title ?? "", tool.InputSchema.GetRawText())
{
    private const int Half = 25_000;
    private const int ShownLength = 100;

    public override string Describe(ToolArguments arguments)
    {
        var json = arguments.Json();
        return $"{Name} {(json.Length > ShownLength ? json[..ShownLength] : json)}";
    }

    public override async Task<string> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var result = await server.CallAsync(tool.Name, arguments.Values, cancellationToken).ConfigureAwait(false);
        var text = new CutText(Half, Half);
        text.Append(Shown(result));
        return result.IsError == true ? throw new ToolException(text.ToString()) : text.ToString();
    }

    /// <summary>Text as it is; what a model of text cannot see is named. Structured content only where nothing else says it.</summary>
    private static string Shown(CallToolResult result)
    {
        var text = new StringBuilder();
        foreach (var block in result.Content)
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(block switch
            {
                TextContentBlock said => said.Text,
                ImageContentBlock image => $"[image, {image.MimeType}, {image.DecodedData.Length} bytes; not shown]",
                AudioContentBlock audio => $"[audio, {audio.MimeType}, {audio.DecodedData.Length} bytes; not shown]",
                EmbeddedResourceBlock { Resource: TextResourceContents resource } => $"[{resource.Uri}]\n{resource.Text}",
                EmbeddedResourceBlock other => $"[resource {other.Resource.Uri}, {other.Resource.MimeType}; not shown]",
                ResourceLinkBlock link => $"[link to {link.Uri}: {link.Title ?? link.Name}]",
                _ => $"[{block.Type}; not shown]",
            });
        }

        if (text.Length == 0 && result.StructuredContent is { } structured)
        {
            text.Append(structured.GetRawText());
        }

        return text.Length == 0 ? "[The tool gave no content.]" : text.ToString();
    }
}
