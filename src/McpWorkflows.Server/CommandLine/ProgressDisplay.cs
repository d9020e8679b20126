using System.Threading.Channels;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.CommandLine.Live;

namespace McpWorkflows.Server.CommandLine;

/// <summary>
/// Shows on stderr how a run of this process goes: on a terminal a picture that renews itself, else plain lines. Writing
/// happens apart from the run, which must not wait for a slow terminal.
/// </summary>
internal sealed class ProgressDisplay : IAsyncDisposable
{
    private const int LinesAfterwards = 100;

    private readonly Channel<RunEvent> events = Channel.CreateUnbounded<RunEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IDisposable subscription;
    private readonly Task pump;
    private readonly LiveScreen? screen;

    private ProgressDisplay(WorkflowEngine engine, string runId, ProgressLines lines, LiveScreen? screen)
    {
        this.screen = screen;
        subscription = engine.Subscribe(runId, happened => events.Writer.TryWrite(happened));
        pump = screen is null ? PumpAsync(lines) : CollectAsync(lines);
    }

    /// <summary>Begins with what has happened since the start, as the engine remembers it: reading the journal would cost a short run more time than it takes.</summary>
    public static async Task<ProgressDisplay> ShowAsync(WorkflowEngine engine, string runId, CancellationToken cancellationToken)
    {
        var screen = LiveScreen.IsPossible ? Screen(new EngineView(engine, runId).ReadAsync) : null;
        var lines = new ProgressLines(Console.Error) { OnlyLog = screen is not null };
        lines.Begin(await engine.GetStatusAsync(runId, cancellationToken));
        return new ProgressDisplay(engine, runId, lines, screen);
    }

    public static LiveScreen Screen(Func<CancellationToken, Task<RunPicture>> read) =>
        new(read, Console.Error, TerminalStyle.Read(Environment.GetEnvironmentVariable), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        subscription.Dispose();
        events.Writer.TryComplete();
        if (screen is not null)
            await screen.DisposeAsync();
        await pump;
    }

    private async Task PumpAsync(ProgressLines lines)
    {
        while (await events.Reader.WaitToReadAsync())
        {
            while (events.Reader.TryRead(out var happened))
                lines.Add(happened);
            lines.Flush();
        }
    }

    /// <summary>What the script said stays on the terminal when the picture is gone.</summary>
    private async Task CollectAsync(ProgressLines lines)
    {
        await foreach (var happened in events.Reader.ReadAllAsync())
            lines.Add(happened);
        await screen!.Over.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        lines.Flush(LinesAfterwards);
    }
}
