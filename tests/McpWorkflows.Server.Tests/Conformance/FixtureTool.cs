using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tests.Conformance;

/// <summary>A tool of which the public conformance suite knows name and behaviour.</summary>
internal sealed class FixtureTool(
    string name, Func<RequestContext<CallToolRequestParams>, CancellationToken, Task<CallToolResult>> answer, string schema = """{"type":"object"}""") : McpServerTool
{
    public override Tool ProtocolTool { get; } = new()
    {
        Name = name,
        Description = $"The conformance suite's {name}.",
        InputSchema = JsonDocument.Parse(schema).RootElement,
    };

    public override IReadOnlyList<object> Metadata => [];

    public static FixtureTool Of(string name, params ContentBlock[] content) =>
        new(name, (_, _) => Task.FromResult(new CallToolResult { Content = [.. content] }));

    public static CallToolResult Text(string text) => new() { Content = [new TextContentBlock { Text = text }] };

    public override async ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default) =>
        await answer(request, cancellationToken);
}
