using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Server.Apps;
using McpWorkflows.Server.Tests.Dashboard;
using McpWorkflows.Server.Tests.Http;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace McpWorkflows.Server.Tests.Apps;

/// <summary>The view in a host: a frame without rights, that speaks to the real server through its host alone.</summary>
public sealed class RunAppTests(Chromium chromium)
{
    private const string Host = """
        <!doctype html><iframe sandbox="allow-scripts" style="width: 420px; height: 400px"></iframe>
        <script>
        const frame = document.querySelector('iframe');
        window.heard = [];
        window.tell = message => frame.contentWindow.postMessage({ jsonrpc: '2.0', ...message }, '*');
        addEventListener('message', async event => {
          const message = event.data;
          window.heard.push(message.method ?? 'answer');
          if (message.method === 'ui/initialize') tell({ id: message.id, result: { protocolVersion: '2026-01-26', hostInfo: { name: 'test', version: '1' }, hostCapabilities: { serverTools: {} }, hostContext: { theme: 'dark' } } });
          if (message.method === 'tools/call') {
            try {
              tell({ id: message.id, result: JSON.parse(await callServer(message.params.name, JSON.stringify(message.params.arguments))) });
            } catch (failure) {
              console.error(String(failure));
              tell({ id: message.id, error: { code: -32603, message: String(failure) } });
            }
          }
        });
        </script>
        """;

    [Fact]
    public async Task App_OfARun_ShowsItInAHostAndStopsIt()
    {
        var agents = new ShownAgents();
        var browser = await chromium.BrowserAsync();
        await using var bench = await HttpBench.StartAsync(agents);
        var (_, message) = await bench.SendAsync(bench.Request("resources/read", new JsonObject { ["uri"] = RunApp.Uri }, name: RunApp.Uri));
        var content = message.GetProperty("result").GetProperty("contents")[0];
        Assert.Equal("text/html;profile=mcp-app", content.GetProperty("mimeType").GetString());
        var html = content.GetProperty("text").GetString()!;
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", html, StringComparison.Ordinal);

        var complaints = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var context = await browser.NewContextAsync();
        context.SetDefaultTimeout(PageBench.Patience);
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => complaints.Enqueue(error);
        page.Console += (_, said) => complaints.Enqueue(said.Text);
        // The browser is shared: left to itself, its calls would run as part of the test that started it.
        var here = ExecutionContext.Capture()!;
        await page.ExposeFunctionAsync<string, string, Task<string>>("callServer", (tool, arguments) =>
        {
            Task<string>? answer = null;
            ExecutionContext.Run(here, _ => answer = CallServerAsync(tool, arguments), null);
            return answer!;
        });
        await page.SetContentAsync(Host);
        await page.EvaluateAsync("html => { document.querySelector('iframe').srcdoc = html; }", html);
        await page.WaitForFunctionAsync("window.heard.includes('ui/notifications/initialized')");
        var started = await bench.CallAsync("start_workflow", new JsonObject
        {
            ["script"] = """
                export const meta = { name: '<b>review</b>', description: 'd' };
                await parallel([() => agent('one', { phase: 'Find' }), () => agent('fail', { phase: 'Find' }), () => agent('hold it', { label: 'the <i>held</i> one', phase: 'Find' })]);
                """,
        });
        await page.EvaluateAsync("result => window.tell({ method: 'ui/notifications/tool-result', params: JSON.parse(result) })", started.GetRawText());
        var app = page.FrameLocator("iframe");

        await Expect(app.Locator("#name")).ToHaveTextAsync("<b>review</b>");
        await page.WaitForFunctionAsync("window.heard.includes('tools/call')");
        var shown = await Record.ExceptionAsync(() => Expect(app.Locator("#phases")).ToContainTextAsync("2 of 3, 1 at work, 1 failed"));
        Assert.True(shown is null && complaints.IsEmpty, $"{shown?.Message}\n{string.Join('\n', complaints)}\n{string.Join(' ', await page.EvaluateAsync<string[]>("window.heard"))}");
        await Expect(app.Locator("#agents li")).ToHaveTextAsync("the <i>held</i> one");
        Assert.Contains("ui/notifications/size-changed", await page.EvaluateAsync<string[]>("window.heard"));
        // Both presses at once: a few seconds later the second would be a first one again.
        var asked = await app.Locator("#stop").EvaluateAsync<string>("button => { button.click(); const asked = button.textContent; button.click(); return asked; }");
        Assert.Equal("Really stop?", asked);
        await Expect(app.Locator("#state")).ToHaveTextAsync("cancelled");
        await Expect(app.Locator("#stop")).ToBeHiddenAsync();
        await page.EvaluateAsync("window.tell({ id: 900, method: 'ui/resource-teardown', params: { reason: 'test' } })");
        // The only request that the host makes of it; the view may say something of its own afterwards.
        await page.WaitForFunctionAsync("window.heard.includes('answer')");
        await context.CloseAsync();

        async Task<string> CallServerAsync(string tool, string arguments) => (await bench.CallAsync(tool, JsonNode.Parse(arguments)!.AsObject())).GetRawText();
    }

    [Fact]
    public async Task Tools_ThatShowARun_NameTheViewAndAnswerInTextAsBefore()
    {
        await using var bench = await HttpBench.StartAsync(new ShownAgents());
        var (_, message) = await bench.SendAsync(bench.Request("tools/list"));

        var views = message.GetProperty("result").GetProperty("tools").EnumerateArray()
            .Where(tool => tool.TryGetProperty("_meta", out _))
            .ToDictionary(tool => tool.GetProperty("name").GetString()!, tool => tool.GetProperty("_meta").GetProperty("ui").GetProperty("resourceUri").GetString());
        Assert.Equal(new Dictionary<string, string?> { ["start_workflow"] = RunApp.Uri, ["get_status"] = RunApp.Uri }, views);
        var result = await bench.CallAsync("start_workflow", new JsonObject { ["script"] = "export const meta = { name: 'a', description: 'd' };\nreturn 1;", ["waitSeconds"] = 20 });
        Assert.Equal(result.GetProperty("structuredContent").GetRawText(), JsonDocument.Parse(result.GetProperty("content")[0].GetProperty("text").GetString()!).RootElement.GetRawText());
    }
}
