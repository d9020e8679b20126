using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Agents.Tests.McpTools;

/// <summary>An MCP server over Streamable HTTP, written without any SDK: one JSON answer for each request.</summary>
internal sealed class HttpToolServer : IAsyncDisposable
{
    private const int Page = 80;

    private readonly WebApplication _app;
    private readonly string[] _tools;

    private HttpToolServer(WebApplication app, string[] tools) => (_app, _tools) = (app, tools);

    public Uri Address => new($"{_app.Urls.First()}/mcp");

    /// <summary>Of each request, in order.</summary>
    public ConcurrentQueue<string?> Authorizations { get; } = new();

    /// <summary>Starts of sessions.</summary>
    public int Sessions { get; private set; }

    public static async Task<HttpToolServer> StartAsync(params string[] tools)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new HttpToolServer(app, tools);
        app.Run(server.ServeAsync);
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        if (context.Request.Method != "POST")
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        Authorizations.Enqueue(context.Request.Headers.Authorization);
        var message = (await JsonNode.ParseAsync(context.Request.Body))!;
        if (message["id"] is not { } id)
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        if (Answer(context, (string)message["method"]!, message["params"]) is { } result)
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone(), [result.ContainsKey("code") ? "error" : "result"] = result }.ToJsonString());
        }
    }

    private JsonObject? Answer(HttpContext context, string method, JsonNode? parameters)
    {
        switch (method)
        {
            case "initialize":
                Sessions++;
                return new()
                {
                    ["protocolVersion"] = parameters!["protocolVersion"]!.DeepClone(),
                    ["capabilities"] = new JsonObject { ["tools"] = new JsonObject() },
                    ["serverInfo"] = new JsonObject { ["name"] = "remote", ["version"] = "1" },
                };
            case "tools/list":
                var start = int.Parse((string?)parameters?["cursor"] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
                var list = new JsonObject
                {
                    ["tools"] = new JsonArray([.. _tools.Skip(start).Take(Page).Select(tool => new JsonObject { ["name"] = tool, ["inputSchema"] = new JsonObject { ["type"] = "object" } })]),
                };
                if (start + Page < _tools.Length)
                {
                    list["nextCursor"] = $"{start + Page}";
                }

                return list;
            case "tools/call":
                return Call(context, (string)parameters!["name"]!);
            default:
                return new() { ["code"] = -32601, ["message"] = "Method not found" };
        }
    }

    private static JsonObject? Call(HttpContext context, string tool)
    {
        switch (tool)
        {
            case "huge":
                return Text(string.Concat("BEGIN", new string('x', 3_000_000), "END"));
            case "refuse":
                return new() { ["code"] = -32602, ["message"] = "no such city" };
            case "crash":
                context.Abort();
                return null;
            case "broken":
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return null;
            default:
                return Text($"{tool} done");
        }
    }

    private static JsonObject Text(string text) => new() { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }) };
}
