using System.Collections.Concurrent;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Dashboard;
using McpWorkflows.Server.Http;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;

namespace McpWorkflows.Server.Tests.Dashboard;

/// <summary>Real runs behind the real server, and pages of a real browser that look at them.</summary>
internal sealed class PageBench : IAsyncDisposable
{
    public const float Patience = 180_000;

    private readonly Chromium chromium;
    private readonly IAgentHost agents;
    private readonly List<IBrowserContext> contexts = [];
    private readonly List<Workbench> benches = [];
    private readonly bool readOnly;
    private HttpServer? server;

    private PageBench(Chromium chromium, IAgentHost agents, bool onDisk, bool readOnly)
    {
        this.chromium = chromium;
        this.agents = agents;
        this.readOnly = readOnly;
        Workbench = NewBench(onDisk);
    }

    public TempFolder Folder { get; } = new();

    public Workbench Workbench { get; }

    /// <summary>What went wrong in any page: errors, refused by the policy, requests that left the server.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    public Uri Url => new(server!.PageUrl);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<PageBench> StartAsync(Chromium chromium, IAgentHost agents, bool onDisk = false, bool readOnly = false, HttpOptions? options = null)
    {
        await chromium.BrowserAsync();
        var bench = new PageBench(chromium, agents, onDisk, readOnly);
        await bench.ServeAsync(bench.Workbench, options);
        return bench;
    }

    /// <summary>Another process on the same journal, as far as the journal is concerned.</summary>
    public Workbench OpenAnother() => NewBench(onDisk: true);

    /// <summary>Serves the page anew, from that bench; on the port of before, if there was one.</summary>
    public async Task ServeAsync(Workbench bench, HttpOptions? options = null)
    {
        var port = server is null ? 0 : Url.Port;
        if (server is not null)
            await server.DisposeAsync();
        server = await HttpServer.StartAsync(
            (options ?? new HttpOptions()) with { Port = port },
            new ServerSurface(bench, new SurfaceOptions { ReadOnly = readOnly }, NullLogger.Instance, TimeProvider.System),
            NullLoggerFactory.Instance,
            Cancellation,
            DashboardPage.Of(bench, readOnly, NullLoggerFactory.Instance));
    }

    public async Task<string> RunAsync(string body, string name = "review", long? budget = null, string? phases = null)
    {
        var engine = await Workbench.EngineAsync(Cancellation);
        return await engine.StartAsync(
            new StartRun
            {
                Script = $"export const meta = {{ name: {System.Text.Json.JsonSerializer.Serialize(name)}, description: 'd'{(phases is null ? "" : $", phases: {phases}")} }};\n{body}",
                FileName = "review.js",
                Workspace = Folder.Path,
                Model = "openai/test-model",
                Budget = budget,
                BudgetDollars = budget is null ? null : 5,
            },
            Cancellation);
    }

    public async Task<IPage> OpenAsync(string hash = "", int width = 1280, int height = 860, bool dark = false)
    {
        var context = await (await chromium.BrowserAsync()).NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
        });
        contexts.Add(context);
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => Complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            // While the server is away the browser says so by itself.
            if (message.Type == "error" && !message.Text.Contains("Failed to load resource", StringComparison.Ordinal))
                Complaints.Enqueue(message.Text);
        };
        page.Dialog += (_, dialog) => Complaints.Enqueue($"dialog: {dialog.Message}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(Url.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
                Complaints.Enqueue($"request to {request.Url}");
        };
        await page.GotoAsync($"{Url}{hash}");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in contexts)
            await context.CloseAsync();
        if (server is not null)
            await server.DisposeAsync();
        foreach (var bench in benches)
            await bench.DisposeAsync();
        Folder.Dispose();
    }

    private Workbench NewBench(bool onDisk)
    {
        var bench = new Workbench(
            new WorkbenchOptions { Workspace = Folder.Path, InMemory = !onDisk, Journal = onDisk ? Path.Combine(Folder.Path, "journal.db") : null, Model = "openai/test-model" },
            agents);
        benches.Add(bench);
        return bench;
    }
}
