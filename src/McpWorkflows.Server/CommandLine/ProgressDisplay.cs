using System.Threading.Channels;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.CommandLine;

/// <summary>
/// Shows on stderr how a run goes: plain lines, and on a terminal a last line that renews itself. Writing happens
/// apart from the run, which must not wait for a slow terminal.
/// </summary>
internal sealed class ProgressDisplay : IAsyncDisposable
{
    private const int CaughtUp = 1_000;

    private readonly Channel<RunEvent> events = Channel.CreateUnbounded<RunEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IDisposable subscription;
    private readonly Task pump;

    private ProgressDisplay(WorkflowEngine engine, IJournal journal, string runId, ProgressLines lines)
    {
        subscription = engine.Subscribe(runId, happened => events.Writer.TryWrite(happened));
        pump = PumpAsync(journal, runId, lines);
    }

    public static ProgressDisplay Show(WorkflowEngine engine, IJournal journal, string runId) =>
        new(engine, journal, runId, new ProgressLines(Console.Error, live: !Console.IsErrorRedirected));

    public async ValueTask DisposeAsync()
    {
        subscription.Dispose();
        events.Writer.TryComplete();
        await pump;
    }

    private async Task PumpAsync(IJournal journal, string runId, ProgressLines lines)
    {
        // What happened between the start and the subscription is in the journal by now, or is lost to the display alone.
        var last = 0L;
        foreach (var missed in await journal.ReadEventsAsync(runId, 0, CaughtUp, CancellationToken.None))
        {
            lines.Add(missed);
            last = missed.Sequence;
        }

        while (await events.Reader.WaitToReadAsync())
        {
            while (events.Reader.TryRead(out var happened))
            {
                if (happened.Sequence > last)
                    lines.Add(happened);
            }

            lines.Flush();
        }

        lines.End();
    }
}
