using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Dashboard;
using McpWorkflows.Server.Http;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpWorkflows.Server.Tests.Dashboard;

/// <summary>Who may see and do what, without a browser's help.</summary>
public sealed class AccessTests : IAsyncDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly TempFolder folder = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Workbench workbench;
    private HttpServer? server;

    public AccessTests() => workbench = new Workbench(new WorkbenchOptions { Workspace = folder.Path, InMemory = true, Model = "openai/test-model" }, new ShownAgents());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://evil.example", "same-origin")]
    [InlineData("http://localhost:1", "")]
    [InlineData("http://127.0.0.1:1", "")]
    [InlineData("null", "")]
    [InlineData("", "cross-site")]
    [InlineData("", "same-site")]
    public async Task Api_AskedByAForeignPage_RefusesToReadAndToAct(string origin, string site)
    {
        await StartAsync();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var request = await RequestAsync(method, method == HttpMethod.Get ? "api/runs" : "api/runs/wf_1/cancel", withKey: true);
            if (origin.Length > 0)
                request.Headers.Add("Origin", origin);
            if (site.Length > 0)
                request.Headers.Add("Sec-Fetch-Site", site);

            Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(request, Cancellation)).StatusCode);
        }
    }

    [Fact]
    public async Task Action_WithoutTheKey_IsRefused()
    {
        var runId = await StartAsync();

        using var without = await RequestAsync(HttpMethod.Post, $"api/runs/{runId}/cancel", withKey: false);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(without, Cancellation)).StatusCode);
        using var asForm = await RequestAsync(HttpMethod.Post, $"api/runs/{runId}/cancel", withKey: true);
        asForm.Content = new StringContent("{}", Encoding.UTF8, "text/plain");
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(asForm, Cancellation)).StatusCode);
        using var rightly = await RequestAsync(HttpMethod.Post, $"api/runs/{runId}/cancel", withKey: true);
        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(rightly, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Files_OfThePage_AllowNothingButThemselves()
    {
        await StartAsync(new HttpOptions { Token = Token });

        using var page = await http.GetAsync(server!.PageUrl, Cancellation);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("require-trusted-types-for 'script'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        var html = await page.Content.ReadAsStringAsync(Cancellation);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html, StringComparison.OrdinalIgnoreCase);
        using var again = new HttpRequestMessage(HttpMethod.Get, server.PageUrl);
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await http.SendAsync(again, Cancellation)).StatusCode);
        using var renamed = new HttpRequestMessage(HttpMethod.Get, server.PageUrl);
        renamed.Headers.Host = "rebound.example";
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(renamed, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Api_OfAServerWithAToken_WantsIt()
    {
        await StartAsync(new HttpOptions { Token = Token });

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(server!.PageUrl + "api/runs", Cancellation)).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, server.PageUrl + "api/runs");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(request, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Action_OfAServerThatOnlyShows_IsRefused()
    {
        var runId = await StartAsync(readOnly: true);

        using var request = await RequestAsync(HttpMethod.Post, $"api/runs/{runId}/cancel", withKey: true);

        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(request, Cancellation)).StatusCode);
    }

    [Theory]
    [InlineData("api/runs/wf_none", HttpStatusCode.NotFound)]
    [InlineData("api/runs/wf_none/script", HttpStatusCode.NotFound)]
    [InlineData("api/runs/wf_none/events", HttpStatusCode.NotFound)]
    [InlineData("api/runs/wf_none/agents/1", HttpStatusCode.NotFound)]
    [InlineData("api", HttpStatusCode.NotFound)]
    [InlineData("app.js.map", HttpStatusCode.NotFound)]
    [InlineData("../app.js", HttpStatusCode.OK)]
    public async Task Path_OfNothing_SaysSoInOneSentence(string path, HttpStatusCode status)
    {
        await StartAsync();

        using var response = await http.GetAsync(server!.PageUrl + path, Cancellation);

        Assert.Equal(status, response.StatusCode);
        Assert.DoesNotContain("   at ", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_AfterAnId_GoOnFromThere()
    {
        var runId = await StartAsync();
        var engine = await workbench.EngineAsync(Cancellation);
        await engine.WaitAsync(runId, Timeout.InfiniteTimeSpan, Cancellation);

        var all = await EventsAsync(runId, 0);
        var rest = await EventsAsync(runId, 3);

        Assert.Equal(Enumerable.Range(1, all.Count).Select(sequence => (long)sequence), all);
        Assert.Equal(all.Where(sequence => sequence > 3), rest);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (server is not null)
            await server.DisposeAsync();
        await workbench.DisposeAsync();
        folder.Dispose();
    }

    private async Task<string> StartAsync(HttpOptions? options = null, bool readOnly = false)
    {
        server = await HttpServer.StartAsync(
            (options ?? new HttpOptions()) with { Port = 0 },
            new ServerSurface(workbench, new SurfaceOptions(), NullLogger.Instance, TimeProvider.System),
            NullLoggerFactory.Instance,
            Cancellation,
            DashboardPage.Of(workbench, readOnly, NullLoggerFactory.Instance));
        return await (await workbench.EngineAsync(Cancellation)).StartAsync(
            new StartRun { Script = "export const meta = { name: 'a', description: 'd' };\nreturn await agent('slow one');", Workspace = folder.Path }, Cancellation);
    }

    private async Task<HttpRequestMessage> RequestAsync(HttpMethod method, string path, bool withKey)
    {
        var request = new HttpRequestMessage(method, server!.PageUrl + path);
        if (method == HttpMethod.Post)
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        if (withKey)
        {
            using var session = JsonDocument.Parse(await http.GetStringAsync(server.PageUrl + "api/session", Cancellation));
            request.Headers.Add(ForgeryGuard.Header, session.RootElement.GetProperty("key").GetString());
        }

        return request;
    }

    private async Task<List<long>> EventsAsync(string runId, long after)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server!.PageUrl}api/runs/{runId}/events");
        request.Headers.Add("Last-Event-ID", after.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        var isJournal = false;
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            isJournal |= line == "event: journal";
            if (isJournal && line.StartsWith("data: ", StringComparison.Ordinal))
                return [.. JsonDocument.Parse(line["data: ".Length..]).RootElement.EnumerateArray().Select(happened => happened.GetProperty("seq").GetInt64())];
        }

        return [];
    }
}
