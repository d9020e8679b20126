using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace McpWorkflows.Server.Tests.Dashboard;

/// <summary>How the page looks: for those who see little, on a phone, by day and by night.</summary>
public sealed class PageLookTests(Chromium chromium)
{
    private static readonly string? Checks = Find();

    [Theory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(360, false)]
    [InlineData(360, true)]
    public async Task Page_InEveryView_PassesTheChecksAndNeedsNoSidewaysScrolling(int width, bool dark)
    {
        var agents = new ShownAgents();
        await using var bench = await PageBench.StartAsync(chromium, agents);
        await bench.RunAsync("return await agent('one');", name: "changelog");
        await bench.RunAsync("throw new Error('the list of files is empty: name a folder that has some');", name: "migrate-tests");
        var asking = await bench.RunAsync("""
            return await checkpoint('Three findings touch the public API. Which of them may be changed in this release?', { schema: { type: 'object', required: ['ship', 'channel'], properties: {
              ship: { type: 'boolean', title: 'Change them now', description: 'Otherwise they are noted for the next major version.' }, channel: { enum: ['stable', 'beta', 'nightly'], title: 'Channel' }, reason: { type: 'string', title: 'Reason' } } } });
            """, name: "api-review");
        var runId = await bench.RunAsync("""
            log('214 files, 12 of them changed since the last review');
            await parallel([...Array.from({ length: 40 }, (_, i) => () => agent(`slow ${i}`, { label: `find: src/Orders/Part${i}.cs`, phase: 'Find' })),
              () => agent('fail', { label: 'find: src/Billing/Invoice.cs', phase: 'Find' }), () => agent('stall', { label: 'find: src/Billing/Tax.cs', phase: 'Find' })]);
            log('9 findings; each goes to three skeptics');
            await parallel(Array.from({ length: 60 }, (_, i) => () => agent(i < 30 ? `slow verify ${i}` : `hold ${i}`, { label: `verify: the total is rounded twice (skeptic ${i % 3 + 1})`, phase: 'Verify', effort: 'high' })));
            """, name: "code-review", budget: 40_000, phases: "[{ title: 'Find' }, { title: 'Verify' }, { title: 'Report' }]");
        var page = await bench.OpenAsync("", width, width < 700 ? 740 : 900, dark);
        var look = new Look(page, $"{width}-{(dark ? "dark" : "light")}", Checks);

        await Expect(page.Locator(".side .run")).ToHaveCountAsync(4);
        if (width < 700)
            await look.CheckAsync("runs");
        await page.GotoAsync($"{bench.Url}#/run/{runId}");
        await Expect(page.Locator(".chip[data-state=answered]")).ToContainTextAsync("70");
        await Expect(page.Locator(".chip[data-state=running]")).ToContainTextAsync("16");
        await look.CheckAsync("run");
        await page.Locator(".chip[data-state=running]").ClickAsync();
        await page.Locator(".rows .row:not([hidden]) .label").First.ClickAsync();
        await Expect(page.Locator("#panel .steps")).ToContainTextAsync("read_file");
        await look.CheckAsync("agent");
        await page.GotoAsync($"{bench.Url}#/run/{runId}");
        await page.Locator(".chip[data-state=failed]").ClickAsync();
        await page.Locator(".rows .row:not([hidden]) .label").First.ClickAsync();
        await Expect(page.Locator("#panel")).ToContainTextAsync("Why it failed");
        await look.CheckAsync("failure");
        await page.GotoAsync($"{bench.Url}#/run/{runId}");
        await page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Script" }).ClickAsync();
        await Expect(page.Locator(".code-lines")).ToContainTextAsync("skeptics");
        await look.CheckAsync("script");
        await page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Log" }).ClickAsync();
        await look.CheckAsync("log");
        await page.GotoAsync($"{bench.Url}#/run/{asking}");
        await Expect(page.Locator(".question")).ToBeVisibleAsync();
        await look.CheckAsync("question");
        await page.GotoAsync($"{bench.Url}#/");
        await page.GotoAsync($"{bench.Url}#/run/{runId}");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Cancel", Exact = true }).ClickAsync();
        await look.CheckAsync("cancel");
        Assert.Empty(look.Faults);
        Assert.Empty(bench.Complaints);
        Assert.SkipWhen(Checks is null, "The accessibility checks are not installed, so that only the layout was looked at: run npm ci in .ci/page and name the folder in MCPWORKFLOWS_PAGE_SUITE.");
    }

    private static string? Find()
    {
        var folder = Environment.GetEnvironmentVariable("MCPWORKFLOWS_PAGE_SUITE");
        var file = folder is { Length: > 0 } ? Path.Combine(folder, "node_modules", "axe-core", "axe.min.js") : null;
        return file is not null && File.Exists(file) ? File.ReadAllText(file) : null;
    }

    /// <param name="Checks">The source of axe-core; null for none.</param>
    private sealed record Look(IPage Page, string Name, string? Checks)
    {
        public List<string> Faults { get; } = [];

        public async Task CheckAsync(string view)
        {
            if (Environment.GetEnvironmentVariable("MCPWORKFLOWS_SCREENSHOTS") is { Length: > 0 } folder)
                await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{view}-{Name}.png") });
            var (shown, wanted) = (await Page.EvaluateAsync<int>("document.documentElement.clientWidth"), await Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
            if (wanted > shown)
                Faults.Add($"{view}: {wanted} px wide in {shown} px");
            if (Checks is null)
                return;

            await Page.EvaluateAsync($"window.axe ? 0 : (() => {{ {Checks} }})()");
            var violations = await Page.EvaluateAsync<JsonElement>("axe.run().then(result => result.violations.map(rule => `${rule.id}: ${rule.help}: ${rule.nodes.slice(0, 3).map(node => `${node.html.slice(0, 160)} ${node.failureSummary}`).join(' | ')}`))");
            Faults.AddRange(violations.EnumerateArray().Select(rule => $"{view}: {rule.GetString()}"));
        }
    }
}
