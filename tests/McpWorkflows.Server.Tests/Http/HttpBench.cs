using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Http;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpWorkflows.Server.Tests.Http;

/// <summary>The product over HTTP on a free port, and requests as a client or a stranger would send them.</summary>
internal sealed class HttpBench : IAsyncDisposable
{
    public const string Modern = MessageRules.Modern;

    private readonly Workbench workbench;

    private HttpBench(TempFolder folder, Workbench workbench, HttpServer server)
    {
        Folder = folder;
        this.workbench = workbench;
        Server = server;
    }

    public TempFolder Folder { get; }

    public HttpServer Server { get; }

    public Uri Url => new(Server.Url);

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = ServerProcess.Timeout };

    public static async Task<HttpBench> StartAsync(IAgentHost? agents = null, HttpOptions? options = null, SurfaceOptions? surface = null)
    {
        var folder = new TempFolder();
        var workbench = new Workbench(new WorkbenchOptions { Workspace = folder.Path, InMemory = true, Model = "openai/test-model" }, agents);
        var server = await HttpServer.StartAsync(
            (options ?? new HttpOptions()) with { Port = 0 },
            new ServerSurface(workbench, surface ?? new SurfaceOptions(), NullLogger.Instance, TimeProvider.System),
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken);
        return new HttpBench(folder, workbench, server);
    }

    /// <summary>A request of revision 2026-07-28 with all that belongs to it.</summary>
    public static HttpRequestMessage Request(Uri url, string method, JsonObject? parameters = null, JsonObject? capabilities = null, string? name = null)
    {
        parameters ??= [];
        parameters["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = Modern,
            ["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
            ["io.modelcontextprotocol/clientCapabilities"] = capabilities ?? [],
        };
        var request = Post(url, new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters }.ToJsonString());
        request.Headers.Add(MessageRules.VersionHeader, Modern);
        request.Headers.Add(MessageRules.MethodHeader, method);
        if (name is not null)
            request.Headers.Add(MessageRules.NameHeader, name);
        return request;
    }

    public static HttpRequestMessage Post(Uri url, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        return request;
    }

    public HttpRequestMessage Request(string method, JsonObject? parameters = null, JsonObject? capabilities = null, string? name = null) =>
        Request(Url, method, parameters, capabilities, name);

    public HttpRequestMessage Post(string body) => Post(Url, body);

    /// <summary>Status and the message that the answer ends with.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Message)> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, Last(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>The result of a tool's call.</summary>
    public async Task<JsonElement> CallAsync(string tool, JsonObject arguments, JsonObject? capabilities = null)
    {
        var (status, message) = await SendAsync(Request("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments }, capabilities, tool));
        Assert.Equal(HttpStatusCode.OK, status);
        return message.GetProperty("result");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        await workbench.DisposeAsync();
        Folder.Dispose();
    }

    public static JsonElement Last(string body)
    {
        var text = body.Split('\n').LastOrDefault(line => line.StartsWith("data:", StringComparison.Ordinal))?["data:".Length..] ?? body;
        return string.IsNullOrWhiteSpace(text) ? default : JsonDocument.Parse(text).RootElement;
    }
}
