using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Http;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace McpWorkflows.Server.Tests.Dashboard;

/// <summary>What a person sees and does, in a real browser against real runs.</summary>
public sealed class PageTests(Chromium chromium)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_OfARun_ShowsWhatItsAgentsDoUntilTheEnd()
    {
        var agents = new ShownAgents();
        await using var bench = await PageBench.StartAsync(chromium, agents);
        var runId = await bench.RunAsync("""
            phase('Find');
            log('three places to look at');
            await parallel([() => agent('one', { label: 'first finder' }), () => agent('fail', { label: 'second finder' }), () => agent('hold it', { label: 'third finder', phase: 'Check' })]);
            return { found: 2 };
            """);
        var page = await bench.OpenAsync($"#/run/{runId}");

        await Expect(page.Locator("h1")).ToHaveTextAsync("review");
        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Running");
        await Expect(Row(page, "third finder")).ToContainTextAsync("Running");
        await Expect(Row(page, "third finder")).ToContainTextAsync("the total is rounded twice");
        await Expect(Row(page, "second finder")).ToContainTextAsync("Failed");
        await Expect(page.GetByLabel("Agents", new PageGetByLabelOptions { Exact = true }).First).ToContainTextAsync("2 of 3");
        await Expect(page.Locator(".phases")).ToContainTextAsync("Check");
        await Expect(page.Locator(".side .run").First).ToContainTextAsync("review");
        agents.Release("hold it");

        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Completed with failures");
        await Expect(Row(page, "third finder")).ToContainTextAsync("Answered");
        await page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Log" }).ClickAsync();
        await Expect(page.Locator("ol.log")).ToContainTextAsync("three places to look at");
        await page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Result" }).ClickAsync();
        await Expect(page.Locator(".result")).ToContainTextAsync("\"found\": 2");
        await page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Script" }).ClickAsync();
        await Expect(page.Locator(".code-lines li").Nth(1)).ToContainTextAsync("phase('Find')");
        Assert.Empty(bench.Complaints);
    }

    [Fact]
    public async Task Agent_AtWorkAndAfterwards_ShowsPromptOptionsStepsTextAndAnswer()
    {
        var agents = new ShownAgents();
        await using var bench = await PageBench.StartAsync(chromium, agents);
        var runId = await bench.RunAsync("return await parallel([() => agent('hold it', { label: 'finder', effort: 'high' }), () => agent('fail', { label: 'broken' })]);");
        var page = await bench.OpenAsync($"#/run/{runId}");

        await Row(page, "finder").GetByRole(AriaRole.Button).ClickAsync();
        var panel = page.Locator("#panel");
        await Expect(panel).ToContainTextAsync("search_text \"decimal total\"");
        await Expect(panel.Locator(".stream")).ToContainTextAsync("before the discount, and the total is rounded twice");
        await Expect(panel).ToContainTextAsync("hold it");
        await Expect(panel.Locator("tbody tr").Filter(new LocatorFilterOptions { HasText = "effort" })).ToContainTextAsync("call");
        agents.Release("hold it");
        await Expect(panel.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "Answer" }).First).ToContainTextAsync("held, then released");
        await Expect(panel.Locator("tbody tr").Filter(new LocatorFilterOptions { HasText = "maxTurns" })).ToContainTextAsync("agentType");
        await Expect(panel).ToContainTextAsync("search_text \"decimal total\"");

        await page.Keyboard.PressAsync("Escape");
        await Expect(panel).ToBeHiddenAsync();
        await Row(page, "broken").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(panel).ToContainTextAsync("overloaded (529). Gave up after 3 attempts");
        await Expect(panel).ToContainTextAsync("Looking at the third file, I");
        Assert.Empty(bench.Complaints);
    }

    [Fact]
    public async Task Page_WhoseServerWasAway_HasEveryEventOnce()
    {
        var agents = new ShownAgents { Latency = TimeSpan.FromMilliseconds(20) };
        await using var bench = await PageBench.StartAsync(chromium, agents, onDisk: true);
        var runId = await bench.RunAsync("""
            for (let round = 0; round < 6; round++) {
              await parallel(Array.from({ length: 40 }, (_, i) => () => agent(`agent ${round} ${i}`)));
              log(`round ${round}`);
            }
            await agent('hold on');
            """);
        var page = await bench.OpenAsync($"#/run/{runId}");
        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Running");

        await bench.ServeAsync(bench.Workbench);
        await page.GetByLabel("Find an agent").FillAsync("hold on");
        await Expect(Row(page, "hold on")).ToContainTextAsync("Running");
        await bench.ServeAsync(bench.Workbench);
        agents.Release("hold on");
        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Completed");

        await Expect(page.Locator(".chip").First).ToContainTextAsync("241");
        await Expect(page.Locator(".chip[data-state=answered]")).ToContainTextAsync("241");
        await page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Log" }).ClickAsync();
        await Expect(page.Locator("ol.log .line.log")).ToHaveTextAsync(Enumerable.Range(0, 6).Select(round => new System.Text.RegularExpressions.Regex($"round {round}$")));
        Assert.Empty(bench.Complaints);
    }

    [Fact]
    public async Task Page_OfARunOfAnotherProcess_ShowsItAndReachesItsOwner()
    {
        var agents = new ShownAgents();
        await using var bench = await PageBench.StartAsync(chromium, agents, onDisk: true);
        var runId = await bench.RunAsync("return await parallel([() => agent('one'), () => agent('hold it', { label: 'held' })]);");
        await bench.ServeAsync(bench.OpenAnother());
        var page = await bench.OpenAsync($"#/run/{runId}");

        await Expect(Row(page, "held")).ToContainTextAsync("Running");
        // Its process says so because somebody watches; the gate is in the journal in any case.
        await Expect(Row(page, "held")).ToContainTextAsync("the total is rounded twice");
        await Expect(page.Locator(".chart")).ToContainTextAsync("gate 16");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pause" }).ClickAsync();
        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Paused");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Resume" }).ClickAsync();
        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Running");
        await Row(page, "held").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#panel")).ToContainTextAsync("once it has answered");
        await Expect(page.Locator("#panel [data-action=restart]")).ToBeVisibleAsync();
        agents.Release("hold it");

        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Completed");
        await Expect(page.Locator("#panel")).ToContainTextAsync("held, then released");
        Assert.Empty(bench.Complaints);
    }

    [Fact]
    public async Task Server_WithAToken_IsAskedForItOnceAndAgainWhenItIsWrong()
    {
        const string Token = "0123456789abcdef0123456789abcdef";
        await using var bench = await PageBench.StartAsync(chromium, new ShownAgents(), options: new HttpOptions { Token = Token });
        var runId = await bench.RunAsync("return await agent('one');");
        var page = await bench.OpenAsync($"#/run/{runId}");
        var dialog = page.GetByRole(AriaRole.Dialog, new PageGetByRoleOptions { Name = "Access token" });

        await Expect(page.GetByLabel("The token that this server was started with")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync("two words");
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToContainTextAsync("A token has no spaces");
        await page.GetByLabel("The token that this server was started with").FillAsync("not-the-token");
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToContainTextAsync("The server does not accept this token");
        await page.Keyboard.TypeAsync($" {Token} ");
        await page.Keyboard.PressAsync("Enter");

        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Completed");
        await page.ReloadAsync();
        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Completed");
        await Expect(dialog).ToHaveCountAsync(0);
        var other = await bench.OpenAsync($"#token={Token}");
        await Expect(other.Locator(".side .run")).ToHaveCountAsync(1);
        Assert.DoesNotContain(Token, other.Url, StringComparison.Ordinal);
        Assert.Empty(bench.Complaints);
    }

    [Fact]
    public async Task Plan_ThatWaits_IsReadAndApproved()
    {
        await using var bench = await PageBench.StartAsync(chromium, new ShownAgents());
        var engine = await bench.Workbench.EngineAsync(Cancellation);
        var runId = await engine.StartAsync(
            new StartRun
            {
                Script = "export const meta = { name: 'audit', description: 'd' };\nreturn await agent('one', { phase: 'Find' });",
                FileName = "audit.js",
                Workspace = bench.Folder.Path,
                Model = "openai/test-model",
                Hold = true,
                Plan = new WorkflowPlan
                {
                    Name = "audit",
                    Description = "Looks for <b>faults</b>",
                    Phases = [new PlannedPhase("Find", new PlanRange(2, 7))],
                    Agents = new PlanRange(2, 7),
                    InputTokens = new PlanRange(100, 9_000),
                    OutputTokens = new PlanRange(50, 50),
                    Cost = new PlanCost(0.5m, 2m),
                    Wants = ["read_file"],
                },
            },
            Cancellation);
        var page = await bench.OpenAsync($"#/run/{runId}");
        var plan = page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "A plan waits for your approval" });

        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Planned");
        await Expect(plan).ToContainTextAsync("Looks for <b>faults</b>");
        await Expect(plan).ToContainTextAsync("2 to 7");
        await Expect(plan).ToContainTextAsync("100 to 9,000 in, 50 out");
        await Expect(plan).ToContainTextAsync("$0.50 to $2.00");
        await plan.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Approve" }).ClickAsync();

        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Completed");
        await Expect(plan).ToHaveCountAsync(0);
        Assert.Empty(bench.Complaints);
    }

    [Fact]
    public async Task Script_SavedFromThePage_IsAWorkflowOfTheProject()
    {
        await using var bench = await PageBench.StartAsync(chromium, new ShownAgents());
        var page = await bench.OpenAsync($"#/run/{await bench.RunAsync("return 1;")}");

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save as" }).ClickAsync();
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("kept-review");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);

        await Expect(page.Locator("#toast")).ToContainTextAsync("kept-review");
        Assert.Contains("kept-review", await File.ReadAllTextAsync(Path.Combine(bench.Folder.Path, ".mcpworkflows", "workflows", "kept-review.js"), Cancellation), StringComparison.Ordinal);
        Assert.Empty(bench.Complaints);
    }

    [Fact]
    public async Task Question_WithASchema_IsAnsweredByItsForm()
    {
        await using var bench = await PageBench.StartAsync(chromium, new ShownAgents());
        var runId = await bench.RunAsync("""
            return await checkpoint('Ship the release?', { schema: { type: 'object', required: ['ship', 'reason', 'channel'], properties: {
              ship: { type: 'boolean', description: 'To everybody' }, reason: { type: 'string', minLength: 3 },
              channel: { enum: ['stable', 'beta'] }, percent: { type: 'integer', minimum: 1, maximum: 100 }, people: { type: 'array', items: { type: 'string' } } } } });
            """);
        var page = await bench.OpenAsync($"#/run/{runId}");
        await Expect(page.Locator(".question")).ToHaveTextAsync("Ship the release?");

        await page.GetByLabel("Yes").CheckAsync();
        await page.GetByLabel("reason").FillAsync("ok");
        await page.GetByLabel("beta").CheckAsync();
        await page.GetByLabel("percent").FillAsync("25");
        await page.GetByLabel("people").FillAsync("Ada\nGrace");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Answer" }).ClickAsync();
        await Expect(page.Locator(".problem").First).ToContainTextAsync("reason");
        await page.GetByLabel("reason").FillAsync("tests are green");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Answer" }).ClickAsync();

        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Completed");
        await Expect(page.Locator(".question")).ToHaveCountAsync(0);
        var run = await (await bench.Workbench.EngineAsync(Cancellation)).FindRunAsync(runId, Cancellation);
        Assert.Equal("""{"ship":true,"reason":"tests are green","channel":"beta","percent":25,"people":["Ada","Grace"]}""", run.ResultJson);
        Assert.Empty(bench.Complaints);
    }

    [Fact]
    public async Task Actions_OfAPerson_AreDone()
    {
        var agents = new ShownAgents();
        await using var bench = await PageBench.StartAsync(chromium, agents);
        var runId = await bench.RunAsync("return await parallel([() => agent('hold a', { label: 'a' }), () => agent('hold b', { label: 'b' })]);");
        var page = await bench.OpenAsync($"#/run/{runId}");

        await Row(page, "1  a").GetByRole(AriaRole.Button).ClickAsync();
        await page.Locator("#panel [data-action=restart]").ClickAsync();
        await Expect(page.Locator("#toast")).ToContainTextAsync("begins again");
        await agents.WaitForAttemptsAsync(3);
        await Expect(page.Locator("#panel .badge")).ToHaveTextAsync("Running");
        await page.Locator("#panel [data-action=skip]").ClickAsync();
        await Expect(page.Locator("#panel .badge")).ToHaveTextAsync("Skipped");
        Assert.Equal(3, agents.Attempts);

        await page.GetByLabel("Close").ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pause" }).ClickAsync();
        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Paused");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Resume" }).ClickAsync();
        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Running");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Export" }).ClickAsync());
        Assert.Contains(runId, await File.ReadAllTextAsync(await download.PathAsync(), Cancellation), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Cancel", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Cancel the run" }).ClickAsync();

        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Cancelled");
        Assert.Equal(RunState.Cancelled, (await (await bench.Workbench.EngineAsync(Cancellation)).FindRunAsync(runId, Cancellation)).State);
        Assert.Empty(bench.Complaints);
    }

    [Fact]
    public async Task Texts_OfHostileAgents_StayTexts()
    {
        const string Evil = "<img src=x onerror=alert(1)></script><script>alert(2)</script>";
        await using var bench = await PageBench.StartAsync(chromium, new ShownAgents());
        var runId = await bench.RunAsync($$"""
            const evil = {{System.Text.Json.JsonSerializer.Serialize(Evil)}};
            phase(evil); log(evil);
            await agent(evil, { label: evil });
            await agent('fail', { label: '\u202Etxt.exe' + evil });
            return await checkpoint(evil, { schema: { type: 'object', title: evil, properties: { [evil]: { enum: [evil], description: evil } } } });
            """, name: Evil);
        var page = await bench.OpenAsync($"#/run/{runId}/agent/1");

        await Expect(page.Locator("h1")).ToHaveTextAsync(Evil);
        await Expect(page.Locator("#panel h2")).ToContainTextAsync(Evil);
        await Expect(page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Answer" }).First).ToContainTextAsync(Evil);
        await Expect(page.Locator(".phases")).ToContainTextAsync(Evil);
        await Expect(page.Locator(".question")).ToHaveTextAsync(Evil);
        await Expect(page.Locator(".ask-card .option")).ToContainTextAsync(Evil);
        foreach (var tab in new[] { "Log", "Script" })
        {
            await page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = tab }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Tabpanel)).ToContainTextAsync("onerror=alert(1)");
        }

        Assert.Equal(0, await page.Locator("main img, main script, #panel img, #side img").CountAsync());
        Assert.DoesNotContain('\u202e', await page.Locator("body").InnerTextAsync());
        Assert.Empty(bench.Complaints);
    }

    [Fact]
    public async Task Keyboard_Alone_OpensAndClosesAnAgent()
    {
        await using var bench = await PageBench.StartAsync(chromium, new ShownAgents());
        var runId = await bench.RunAsync("return (await parallel(Array.from({ length: 300 }, (_, i) => () => agent(`do ${i}`)))).length;");
        var page = await bench.OpenAsync($"#/run/{runId}");
        await Expect(page.Locator("main .run-line .badge")).ToHaveTextAsync("Completed");

        // The table is one stop: whoever tabs through the page does not walk through three hundred agents.
        await Expect(Row(page, "1  do 0").First).ToBeVisibleAsync();
        await page.GetByLabel("Find an agent").FocusAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(":focus")).ToHaveTextAsync("1  do 0");
        await Expect(page.Locator(".rows .label[tabindex='0']")).ToHaveCountAsync(1);
        await Expect(page.Locator(":focus")).ToHaveCSSAsync("outline-style", "solid");
        await page.Keyboard.PressAsync("End");
        await Expect(page.Locator(":focus")).ToHaveTextAsync("300  do 299");
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(page.Locator(":focus")).ToHaveTextAsync("299  do 298");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#panel h2")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(":focus")).ToHaveTextAsync("299  do 298");
        await Expect(page.GetByRole(AriaRole.Row, new PageGetByRoleOptions { Name = "299 do 298" })).ToContainTextAsync("from");
        await page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Agents" }).FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Result" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Home");
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Log" })).ToHaveAttributeAsync("aria-selected", "true");
        Assert.Equal("301", await page.Locator(".timeline").GetAttributeAsync("aria-rowcount"));
        Assert.Empty(bench.Complaints);
    }

    private static ILocator Row(IPage page, string label) => page.Locator(".rows .row:not([hidden])").Filter(new LocatorFilterOptions { HasText = label });
}
