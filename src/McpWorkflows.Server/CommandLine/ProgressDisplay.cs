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
    private readonly Channel<RunEvent> events = Channel.CreateUnbounded<RunEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IDisposable subscription;
    private readonly Task pump;

    private ProgressDisplay(WorkflowEngine engine, string runId, ProgressLines lines)
    {
        subscription = engine.Subscribe(runId, happened => events.Writer.TryWrite(happened));
        pump = PumpAsync(lines);
    }

    /// <summary>Begins with what has happened since the start, as the engine remembers it: reading the journal would cost a short run more time than it takes.</summary>
    public static async Task<ProgressDisplay> ShowAsync(WorkflowEngine engine, string runId, CancellationToken cancellationToken)
    {
        var lines = new ProgressLines(Console.Error, live: !Console.IsErrorRedirected);
        lines.Begin(await engine.GetStatusAsync(runId, cancellationToken));
        return new ProgressDisplay(engine, runId, lines);
    }

    public async ValueTask DisposeAsync()
    {
        subscription.Dispose();
        events.Writer.TryComplete();
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

        lines.End();
    }
}
