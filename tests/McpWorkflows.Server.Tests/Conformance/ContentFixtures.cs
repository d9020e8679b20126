using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tests.Conformance;

/// <summary>Tools that answer with content, progress, logs and errors.</summary>
internal static class ContentFixtures
{
    private const string Schema2020 = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "$defs": { "address": { "$anchor": "addressDef", "type": "object", "properties": { "street": { "type": "string" }, "city": { "type": "string" } } } },
          "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" }
          },
          "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
          "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
          "then": { "required": ["phone"] },
          "else": { "required": ["email"] },
          "additionalProperties": false
        }
        """;

    // One red pixel, and no sound at all: the smallest files of their kinds.
    private static readonly byte[] Picture = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==");

    private static readonly byte[] Sound = [.. "RIFF"u8, 36, 0, 0, 0, .. "WAVEfmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 64, 31, 0, 0, 128, 62, 0, 0, 2, 0, 16, 0, .. "data"u8, 0, 0, 0, 0];

    public static ReadOnlyMemory<byte> PictureText => Encoding.ASCII.GetBytes(Convert.ToBase64String(Picture));

    public static ImageContentBlock Image => new() { Data = PictureText, MimeType = "image/png" };

    public static IEnumerable<McpServerTool> All =>
    [
        FixtureTool.Of("test_simple_text", new TextContentBlock { Text = "This is a simple text response for testing." }),
        FixtureTool.Of("test_image_content", Image),
        FixtureTool.Of("test_audio_content", new AudioContentBlock { Data = Encoding.ASCII.GetBytes(Convert.ToBase64String(Sound)), MimeType = "audio/wav" }),
        FixtureTool.Of("test_embedded_resource", Embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")),
        FixtureTool.Of(
            "test_multiple_content_types",
            new TextContentBlock { Text = "Multiple content types test:" },
            Image,
            Embedded("test://mixed-content-resource", "application/json", """{"test":"data","value":123}""")),
        new FixtureTool("test_error_handling", (_, _) => throw new McpException("This tool intentionally returns an error for testing")),
        new FixtureTool("test_tool_with_progress", ProgressAsync),
        new FixtureTool("test_tool_with_logging", LogAsync),
        new FixtureTool("test_logging_tool", LogAsync),
        new FixtureTool("json_schema_2020_12_tool", (_, _) => Task.FromResult(FixtureTool.Text("ok")), Schema2020),
        new FixtureTool("greet", (request, _) => Task.FromResult(FixtureTool.Text($"Hello, {request.Params.Arguments?["name"]}!"))),
        new FixtureTool(
            "test_headers",
            (_, _) => Task.FromResult(FixtureTool.Text("ok")),
            """
            {
              "type": "object",
              "properties": {
                "region": { "type": "string", "x-mcp-header": "Region" },
                "priority": { "type": "integer", "x-mcp-header": "Priority" },
                "verbose": { "type": "boolean", "x-mcp-header": "Verbose" }
              }
            }
            """),
        new FixtureTool(
            "test_missing_capability",
            (_, _) => throw new MissingRequiredClientCapabilityException(new ClientCapabilities { Sampling = new SamplingCapability() })),
    ];

    public static EmbeddedResourceBlock Embedded(string uri, string type, string text) =>
        new() { Resource = new TextResourceContents { Uri = uri, MimeType = type, Text = text } };

    private static async Task<CallToolResult> ProgressAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        foreach (var progress in new[] { 0, 50, 100 })
        {
            if (request.Params.ProgressToken is { } token)
                await request.Server.NotifyProgressAsync(token, new ProgressNotificationValue { Progress = progress, Total = 100 }, cancellationToken: cancellationToken);
            await Task.Delay(50, cancellationToken);
        }

        return FixtureTool.Text("Done.");
    }

    private static async Task<CallToolResult> LogAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var modern = request.JsonRpcRequest.Context?.ProtocolVersion == Http.HttpBench.Modern;
        foreach (var text in new[] { "Tool execution started", "Tool processing data", "Tool execution completed" })
        {
            if (!modern || request.JsonRpcRequest.Context?.LogLevel is not null)
            {
                await request.Server.SendNotificationAsync(
                    "notifications/message",
                    new LoggingMessageNotificationParams { Level = LoggingLevel.Info, Data = JsonSerializer.SerializeToElement(text) },
                    cancellationToken: cancellationToken);
            }

            await Task.Delay(50, cancellationToken);
        }

        return FixtureTool.Text("Logged.");
    }
}
