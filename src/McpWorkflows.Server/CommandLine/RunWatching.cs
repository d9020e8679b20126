using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.CommandLine.Live;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Follows a run of any process on the journal: on a terminal as a picture, else in plain lines, both on stderr.</summary>
internal static class RunWatching
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <summary>True when the run has ended or waits for a person; false when the one who watched has seen enough. Throws <see cref="RunNotFoundException"/>.</summary>
    public static async Task<bool> ShowAsync(WorkflowEngine engine, IJournal journal, string runId, CancellationToken cancellationToken)
    {
        try
        {
            await (LiveScreen.IsPossible
                ? DrawAsync(engine, journal, runId, cancellationToken)
                : WriteAsync(engine, journal, runId, cancellationToken));
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task DrawAsync(WorkflowEngine engine, IJournal journal, string runId, CancellationToken cancellationToken)
    {
        var view = new JournalView(engine, journal, runId, TimeProvider.System);
        // A run that is over, or unknown, needs no screen.
        if ((await view.ReadAsync(cancellationToken)).IsOver)
            return;
        await using var screen = ProgressDisplay.Screen(view.ReadAsync);
        await screen.Over.WaitAsync(cancellationToken);
    }

    private static async Task WriteAsync(WorkflowEngine engine, IJournal journal, string runId, CancellationToken cancellationToken)
    {
        var lines = new ProgressLines(Console.Error);
        var view = new JournalView(engine, journal, runId, TimeProvider.System) { Happened = lines.Add };
        while (true)
        {
            var picture = await view.ReadAsync(cancellationToken);
            lines.Flush();
            if (picture.IsOver)
                return;
            await Task.Delay(Poll, cancellationToken);
        }
    }
}
