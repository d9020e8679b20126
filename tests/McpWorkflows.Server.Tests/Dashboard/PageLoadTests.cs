using System.Text.Json;
using McpWorkflows.Server.Tests.Conformance;
using static Microsoft.Playwright.Assertions;

namespace McpWorkflows.Server.Tests.Dashboard;

/// <summary>The page stays quick however much a run does.</summary>
public sealed class PageLoadTests(Chromium chromium)
{
    private const string Watch = """
        window.longTasks = [];
        new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(task => task.duration))).observe({ type: 'longtask', buffered: true });
        """;

    [Fact]
    public async Task Page_WithAThousandAgentsAndAHundredEventsASecond_HasHardlyATaskOverFiftyMilliseconds()
    {
        // 16 at a time, 250 ms each: 64 begin and 64 end in a second.
        var agents = new ShownAgents { Latency = TimeSpan.FromMilliseconds(250) };
        await using var bench = await PageBench.StartAsync(chromium, agents, onDisk: true);
        var runId = await bench.RunAsync("""
            const names = ['Find', 'Check', 'Judge', 'Write'];
            await parallel(Array.from({ length: 999 }, (_, i) => () => agent(`do part ${i} of the whole thing`, { phase: names[i % 4] })));
            await agent('hold on');
            """);
        var page = await bench.OpenAsync();
        await page.Context.AddInitScriptAsync(Watch);
        await page.GotoAsync($"{bench.Url}#/run/{runId}");
        await page.ReloadAsync();
        await Expect(page.Locator(".chip").First).ToContainTextAsync("999");
        var seconds = 0.0;
        for (var step = 0; step < 60; step++)
        {
            await page.Locator(".scroll").EvaluateAsync("(element, top) => { element.scrollTop = top; }", step * 173 % 30_000);
            seconds = await page.EvaluateAsync<double>("new Promise(resolve => setTimeout(() => resolve(performance.now() / 1000), 100))");
        }

        // A page that is opened late takes in all that has happened at once.
        await page.ReloadAsync();
        await Expect(page.Locator(".chip").First).ToContainTextAsync("999");
        agents.Release("hold on");
        await Expect(page.Locator(".chip[data-state=answered]")).ToContainTextAsync("1,000", new() { Timeout = 60_000 });

        var tasks = (await page.EvaluateAsync<JsonElement>("window.longTasks")).EnumerateArray().Select(task => task.GetDouble()).ToList();
        Suites.Report($"page, 1,000 agents: {tasks.Count} tasks over 50 ms{(tasks.Count == 0 ? "" : $", the longest {tasks.Max():0} ms")}");
        if (Environment.GetEnvironmentVariable("MCPWORKFLOWS_ALONE") is not null)
            Assert.True(tasks.Count <= 2 && tasks.All(task => task < 100), $"{tasks.Count} long tasks: {string.Join(", ", tasks)}");
        else
            Assert.True(tasks.Count < 40 && tasks.All(task => task < 2_000), $"{tasks.Count} long tasks: {string.Join(", ", tasks)}");
        Assert.True(seconds > 5);
        Assert.Empty(bench.Complaints);
    }
}
