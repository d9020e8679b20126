using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Apps;

/// <summary>
/// The view of a run for hosts that render MCP Apps (the extension <c>io.modelcontextprotocol/ui</c>, 2026-01-26): tools
/// name it in <c>_meta.ui.resourceUri</c>. It needs no other host and no tool besides those that every client has.
/// </summary>
internal static class RunApp
{
    public const string Uri = "ui://run";

    private const string MimeType = "text/html;profile=mcp-app";

    private static readonly Lazy<string> Html = new(static () =>
    {
        using var reader = new StreamReader(typeof(RunApp).Assembly.GetManifestResourceStream("apps/run.html")!);
        return reader.ReadToEnd();
    });

    public static ReadResourceResult Read() => new()
    {
        Contents =
        [
            new TextResourceContents
            {
                Uri = Uri,
                MimeType = MimeType,
                Text = Html.Value,
                Meta = new JsonObject { ["ui"] = new JsonObject { ["prefersBorder"] = true } },
            },
        ],
    };
}
