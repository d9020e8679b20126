using McpWorkflows.Server.Tests.Dashboard;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace McpWorkflows.Server.Tests.Dashboard;

/// <summary>One headless Chromium for all tests of the page; started by the first that needs it.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string? Executable = Find();

    private readonly SemaphoreSlim starting = new(1, 1);
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Skips the test where there is no browser.</summary>
    public async Task<IBrowser> BrowserAsync()
    {
        Assert.SkipWhen(Executable is null, "There is no Chromium: install the package chromium, or name one in MCPWORKFLOWS_CHROMIUM.");
        await starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            playwright ??= await Playwright.CreateAsync();
            Assertions.SetDefaultExpectTimeout(PageBench.Patience);
            return browser ??= await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Executable,
                Headless = true,
                Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
            });
        }
        finally
        {
            starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.CloseAsync();
        playwright?.Dispose();
        starting.Dispose();
    }

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("MCPWORKFLOWS_CHROMIUM");
        return new[] { named, "/usr/bin/chromium" }.FirstOrDefault(path => path is { Length: > 0 } && File.Exists(path));
    }
}
