using System.Text.Json.Nodes;
using McpWorkflows.Engine.Telemetry;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Telemetry;

/// <summary>A client that sends its own trace context along.</summary>
public sealed class RequestTraceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string SpanId = "b7ad6b7169203331";

    [Fact]
    public async Task Serve_RequestWithTraceContext_AnswersInItAndTheRunLinksToIt()
    {
        await using var model = await ModelServer.StartAsync(_ => ModelReply.Text("hello"));
        await using var collector = await Collector.StartAsync();
        using var folder = new TempFolder().With(model);
        string runId;
        await using (var client = await ConnectAsync(folder, collector))
        {
            // The journal is open, and with it the export has begun, once there is an answer.
            await client.CallToolAsync("get_status", cancellationToken: TestContext.Current.CancellationToken);
            var answer = await client.CallToolAsync(
                new CallToolRequestParams
                {
                    Name = "start_workflow",
                    Arguments = new Dictionary<string, System.Text.Json.JsonElement>
                    {
                        ["script"] = System.Text.Json.JsonSerializer.SerializeToElement("export const meta = { name: 'asked', description: 'd' }\nreturn await agent('x')"),
                        ["waitSeconds"] = System.Text.Json.JsonSerializer.SerializeToElement(30),
                    },
                    Meta = new JsonObject { ["traceparent"] = $"00-{TraceId}-{SpanId}-01" },
                },
                TestContext.Current.CancellationToken);
            runId = answer.StructuredContent!.Value.GetProperty("runId").GetString()!;
        }

        var call = Assert.Single(collector.Spans, span => span.Name == "tools/call start_workflow");
        Assert.Equal(TraceId, call.TraceId);
        Assert.Equal(SpanId, call.ParentId);
        var run = collector.Span("invoke_workflow asked");
        Assert.Equal(RunTraceId.Of(runId).ToHexString(), run.TraceId);
        Assert.Equal((TraceId, call.SpanId), Assert.Single(run.Links));
    }

    private static Task<McpClient> ConnectAsync(TempFolder folder, Collector collector) => McpClient.CreateAsync(
        new StdioClientTransport(new StdioClientTransportOptions
        {
            Command = ServerProcess.Executable,
            Arguments = ["serve", "--model", "openai/test-model"],
            WorkingDirectory = folder.Path,
            InheritEnvironmentVariables = false,
            ShutdownTimeout = TimeSpan.FromSeconds(30),
            EnvironmentVariables = StdioClientTransportOptions.GetDefaultEnvironmentVariables()
                .Concat(folder.Environment.Concat(collector.Variables()).Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
                .GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value),
        }),
        cancellationToken: TestContext.Current.CancellationToken);
}
