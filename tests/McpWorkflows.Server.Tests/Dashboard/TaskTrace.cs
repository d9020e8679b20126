using System.Text.Json;
using McpWorkflows.Server.Tests.Processes;
using Microsoft.Playwright;

namespace McpWorkflows.Server.Tests.Dashboard;

/// <summary>
/// The tasks of a page's main thread, by the browser's own trace: how long each was at work. The browser's own pages are not counted. A task that waits because
/// others have the processor is not long for that, so that a machine with much else to do measures the same as an idle one.
/// </summary>
internal sealed class TaskTrace
{
    private const string Mark = "watched-page";

    private readonly ICDPSession session;
    private readonly TaskCompletionSource complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string Thread, TracedTask Task)> tasks = [];
    private readonly HashSet<string> threads = [];

    private TaskTrace(ICDPSession session)
    {
        this.session = session;
        session.Event("Tracing.dataCollected").OnEvent += (_, data) => Take(data!.Value.GetProperty("value"));
        session.Event("Tracing.tracingComplete").OnEvent += (_, _) => complete.TrySetResult();
    }

    public static async Task<TaskTrace> StartAsync(IBrowser browser)
    {
        var trace = new TaskTrace(await browser.NewBrowserCDPSessionAsync());
        await trace.session.SendAsync("Tracing.start", new Dictionary<string, object>
        {
            ["transferMode"] = "ReportEvents",
            ["traceConfig"] = new { recordMode = "recordContinuously", includedCategories = new[] { "toplevel", "blink.user_timing" }, excludedCategories = new[] { "*" } },
        });
        return trace;
    }

    /// <summary>Counts the page's thread in; to be called of every document that is looked at.</summary>
    public static Task MarkAsync(IPage page) => page.EvaluateAsync($"performance.mark('{Mark}')");

    /// <summary>The longest first.</summary>
    public async Task<IReadOnlyList<TracedTask>> StopAsync()
    {
        await session.SendAsync("Tracing.end");
        await complete.Task.WaitAsync(ServerProcess.Timeout, TestContext.Current.CancellationToken);
        return [.. tasks.Where(task => threads.Contains(task.Thread)).Select(task => task.Task).OrderByDescending(task => task.Milliseconds)];
    }

    private void Take(JsonElement events)
    {
        foreach (var item in events.EnumerateArray())
        {
            var thread = $"{item.GetProperty("pid")}/{item.GetProperty("tid")}";
            var name = item.GetProperty("name").GetString();
            if (name == Mark)
                threads.Add(thread);
            else if (name == "ThreadControllerImpl::RunTask" && item.TryGetProperty("tdur", out var work))
                tasks.Add((thread, new TracedTask(work.GetDouble() / 1_000, PosterOf(item))));
        }
    }

    private static string PosterOf(JsonElement item) =>
        item.TryGetProperty("args", out var args) && args.TryGetProperty("src_func", out var poster) ? poster.GetString() ?? "" : "";
}

/// <summary>A task of a page's main thread.</summary>
/// <param name="Milliseconds">Of work.</param>
/// <param name="Poster">The browser's function that asked for it.</param>
internal sealed record TracedTask(double Milliseconds, string Poster)
{
    public override string ToString() => $"{Milliseconds:0} ms ({Poster})";
}
