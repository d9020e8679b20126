using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.CommandLine;

/// <summary>One run in the foreground: progress on stderr, the result on stdout, the state as exit code.</summary>
internal static class RunSession
{
    private static readonly TimeSpan Round = TimeSpan.FromHours(1);

    public static async Task<int> RunAsync(
        Workbench workbench, Func<WorkflowEngine, Task<string>> start, bool json, CancellationToken cancellationToken)
    {
        var engine = await workbench.EngineAsync(cancellationToken);
        var runId = await start(engine);
        try
        {
            RunStatus status;
            await using (await ProgressDisplay.ShowAsync(engine, runId, cancellationToken))
            {
                do
                    status = await engine.WaitAsync(runId, Round, cancellationToken);
                while (status.Run.State == RunState.Running);
            }

            RunPrinter.Print(status, json);
            return ExitCodes.Of(status.Run.State);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Disposing of the workbench stops the run without ending it.
            Console.Error.WriteLine($"Interrupted; everything finished is kept. Go on with: mcp-workflows resume {runId}");
            return ExitCodes.Cancelled;
        }
    }
}
