using McpWorkflows.Server.Tests.EndToEnd;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.CommandLine.Live;

/// <summary>The real executable on a real pseudo terminal.</summary>
public sealed class LiveScreenTests
{
    private const string Script = """
        phase('Find')
        log('it begins \u001b[2J')
        log('x'.repeat(100))
        await parallel([1, 2, 3].map(i => () => agent(`find ${i}`, { label: `find 宽字符 \u001b[31m ${i}` })))
        phase('Hold')
        const last = await parallel(Array.from({ length: 30 }, (_, i) => () => agent(`hold ${i}`, { label: `holder ${i}` })))
        return 'the result'
        """;

    [Fact]
    public async Task Run_OnATerminal_ShowsItLiveThroughResizesAndLeavesTheSummary()
    {
        Assert.SkipWhen(PseudoTerminal.Missing is not null, PseudoTerminal.Missing ?? "");
        var hold = new TaskCompletionSource();
        await using var bench = await StartAsync(hold);
        await using var terminal = PseudoTerminal.Start(bench.Workspace, bench.Environment, 80, 24, null, "run", bench.Write("watched", Script));

        var shown = await terminal.WaitAsync(screen => screen.ToString().Contains("16 agents at work, 14 waiting", StringComparison.Ordinal));
        Assert.Contains("Find", shown, StringComparison.Ordinal);
        Assert.Contains("3/3", shown, StringComparison.Ordinal);
        Assert.Contains("holder 0", shown, StringComparison.Ordinal);
        Assert.Contains("log: it begins", shown, StringComparison.Ordinal);
        Assert.True(terminal.Screen.IsOther);
        Assert.False(terminal.Screen.HasCursor);

        // Drawn for the size before until the process has heard of the new one: what counts is what comes after.
        foreach (var (width, height) in new[] { (40, 10), (200, 50), (80, 24) })
        {
            terminal.Resize(width, height);
            // The one of the size before is too large for this one, or has less to show.
            await terminal.WaitAsync(screen => screen.Fits && (width < 200 || screen.ToString().Contains($"log: {new string('x', 100)}", StringComparison.Ordinal)));
            var (before, frames) = (terminal.Screen.Overflows, terminal.Screen.Frames);
            await terminal.WaitAsync(screen => screen.Frames >= frames + 2);
            Assert.Equal(before, terminal.Screen.Overflows);
            Assert.StartsWith(" watched", terminal.Screen.Line(0));
        }

        hold.SetResult();
        Assert.Equal(0, await terminal.EndAsync());

        Assert.False(terminal.Screen.IsOther);
        Assert.True(terminal.Screen is { HasCursor: true, Wraps: true });
        Assert.Contains("the result", terminal.Screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("watched completed: 33 agents", terminal.Screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("log: it begins \ufffd[2J", terminal.Screen.ToString(), StringComparison.Ordinal);
        Assert.Empty(terminal.Screen.Unknown);
    }

    [Fact]
    public async Task Run_On80Times24_NeverScrollsOrWraps()
    {
        Assert.SkipWhen(PseudoTerminal.Missing is not null, PseudoTerminal.Missing ?? "");
        var hold = new TaskCompletionSource();
        await using var bench = await StartAsync(hold);
        await using var terminal = PseudoTerminal.Start(bench.Workspace, bench.Environment, 80, 24, null, "run", bench.Write("calm", Script));

        await terminal.WaitAsync(screen => screen.Frames >= 8);
        // A line that is cut at the edge keeps its last letter.
        await terminal.WaitAsync(screen => screen.ToString().Contains($" log: {new string('x', 73)}…", StringComparison.Ordinal));
        hold.SetResult();
        await terminal.EndAsync();

        Assert.Equal(0, terminal.Screen.Overflows);
    }

    [Fact]
    public async Task Run_InterruptedByCtrlC_LeavesTheTerminalAsItWas()
    {
        Assert.SkipWhen(PseudoTerminal.Missing is not null, PseudoTerminal.Missing ?? "");
        await using var bench = await StartAsync(new TaskCompletionSource());
        await using var terminal = PseudoTerminal.Start(bench.Workspace, bench.Environment, 80, 24, null, "run", bench.Write("stopped", Script));
        await terminal.WaitAsync(screen => screen is { IsOther: true, Frames: > 2 });

        terminal.Type("\u0003");
        var exit = await terminal.EndAsync();

        Assert.Equal(5, exit);
        Assert.False(terminal.Screen.IsOther);
        Assert.True(terminal.Screen is { HasCursor: true, Wraps: true });
        Assert.Contains("Interrupted; everything finished is kept.", terminal.Screen.ToString(), StringComparison.Ordinal);
        Assert.Empty(terminal.Screen.Unknown);
    }

    [Fact]
    public async Task Run_Killed_LeavesTheShellAUsableTerminal()
    {
        Assert.SkipWhen(PseudoTerminal.Missing is not null, PseudoTerminal.Missing ?? "");
        await using var bench = await StartAsync(new TaskCompletionSource());
        await using var terminal = PseudoTerminal.StartFromShell(bench.Workspace, bench.Environment, 80, 24, "run", bench.Write("killed", Script));
        await terminal.WaitAsync(screen => screen is { IsOther: true, Frames: > 2 });

        terminal.KillChild();

        await terminal.WaitAsync(screen => screen is { IsOther: false, HasCursor: true });
        terminal.Type("\r");
        await terminal.WaitAsync(screen => screen.ToString().Contains("back", StringComparison.Ordinal));
        Assert.True(terminal.Screen is { HasCursor: true, Wraps: true });
        Assert.Empty(terminal.Screen.Unknown);
    }

    [Fact]
    public async Task Run_StoppedByCtrlZ_GivesTheTerminalBackUntilItGoesOn()
    {
        Assert.SkipWhen(PseudoTerminal.Missing is not null, PseudoTerminal.Missing ?? "");
        await using var bench = await StartAsync(new TaskCompletionSource());
        await using var terminal = PseudoTerminal.Start(bench.Workspace, bench.Environment, 80, 24, null, "run", bench.Write("put-aside", Script));
        await terminal.WaitAsync(screen => screen is { IsOther: true, Frames: > 2 });

        terminal.Type("\u001a");
        await terminal.WaitAsync(screen => !screen.IsOther);
        Assert.True(terminal.Screen is { HasCursor: true, Wraps: true });
        terminal.GoOn();

        await terminal.WaitAsync(screen => screen.IsOther && screen.ToString().Contains("16 agents at work", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("TERM", "dumb")]
    [InlineData("TERM", "")]
    public async Task Run_OnATerminalThatCanDoNothing_WritesPlainLines(string name, string value)
    {
        Assert.SkipWhen(PseudoTerminal.Missing is not null, PseudoTerminal.Missing ?? "");
        await using var bench = await TestBench.StartAsync(_ => ModelReply.Text("done"));
        var environment = bench.Environment;
        environment[name] = value;
        await using var terminal = PseudoTerminal.Start(bench.Workspace, environment, 80, 24, null, "run", bench.Write("dumb", "phase('One')\nreturn await agent('x', { label: 'only \\u001b[31m' })"));

        Assert.Equal(0, await terminal.EndAsync());

        Assert.False(terminal.Screen.IsOther);
        Assert.Equal(0, terminal.Screen.Frames);
        Assert.Contains("done: only \ufffd[31m", terminal.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusWatch_RunOfAnotherProcess_ShowsItUntilItEndsAndLetsItGoOn()
    {
        Assert.SkipWhen(PseudoTerminal.Missing is not null, PseudoTerminal.Missing ?? "");
        var hold = new TaskCompletionSource();
        await using var bench = await StartAsync(hold);
        using var running = bench.Start("run", bench.Write("elsewhere", Script), "--json");
        await bench.Model.Log.WaitForCallsAsync(19, TestBench.Patience);
        var runId = (await bench.RunAsync("runs", "--json")).Json.GetProperty("runs")[0].GetProperty("runId").GetString()!;

        await using (var left = PseudoTerminal.Start(bench.Workspace, bench.Environment, 80, 24, null, "status", runId, "--watch"))
        {
            await left.WaitAsync(screen => screen.ToString().Contains("16 agents at work, 14 waiting", StringComparison.Ordinal));
            left.Type("\u0003");
            Assert.Equal(4, await left.EndAsync());
            Assert.Contains("Stopped watching; the run goes on.", left.Screen.ToString(), StringComparison.Ordinal);
        }

        await using var watching = PseudoTerminal.Start(bench.Workspace, bench.Environment, 100, 30, null, "status", runId, "--watch");
        var shown = await watching.WaitAsync(screen => screen.ToString().Contains("16 agents at work", StringComparison.Ordinal));
        Assert.Contains("3/3", shown, StringComparison.Ordinal);
        Assert.Contains("holder 0", shown, StringComparison.Ordinal);
        var plain = bench.RunAsync("status", runId, "--watch");
        hold.SetResult();

        Assert.Equal(0, await watching.EndAsync());
        Assert.Contains("elsewhere completed: 33 agents", watching.Screen.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, watching.Screen.Overflows);
        var lines = await plain;
        Assert.Equal(0, lines.ExitCode);
        Assert.Contains("phase Hold", lines.Errors, StringComparison.Ordinal);
        Assert.Contains("done: holder 29", lines.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", lines.Text, StringComparison.Ordinal);
        await running.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<TestBench> StartAsync(TaskCompletionSource hold)
    {
        var bench = await TestBench.StartWithoutModelAsync();
        bench.Model.Handler = async (call, cancellationToken) =>
        {
            if (call.Prompt.Contains("hold", StringComparison.Ordinal))
                await hold.Task.WaitAsync(cancellationToken);
            return ModelReply.Text("done").WithUsage(100, 10);
        };
        return bench;
    }
}
