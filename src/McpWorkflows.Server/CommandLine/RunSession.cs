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
            var status = await WatchAsync(engine, runId, cancellationToken);
            while (status.Run.State == RunState.Waiting && PersonPrompt.IsPossible && await AskAsync(engine, status, cancellationToken))
                status = await WatchAsync(engine, runId, cancellationToken);

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

    /// <summary>Until the run has ended or waits for a person.</summary>
    private static async Task<RunStatus> WatchAsync(WorkflowEngine engine, string runId, CancellationToken cancellationToken)
    {
        await using var display = await ProgressDisplay.ShowAsync(engine, runId, cancellationToken);
        while (true)
        {
            var status = await engine.WaitAsync(runId, Round, cancellationToken);
            if (status.Run.State != RunState.Running && status.Run.WaitingFor != WaitingFor.Quota)
                return status;
        }
    }

    /// <summary>False when the person gave no answer.</summary>
    private static async Task<bool> AskAsync(WorkflowEngine engine, RunStatus status, CancellationToken cancellationToken)
    {
        // Reading a line cannot be cancelled: Ctrl-C must not have to wait for it.
        var answers = await Task.Run(() => PersonPrompt.Ask(status.Questions).ToList(), CancellationToken.None).WaitAsync(cancellationToken);
        try
        {
            if (answers.Count > 0)
                await engine.ResumeAsync(new ResumeRun { RunId = status.Run.Id, Answers = answers }, cancellationToken);
        }
        catch (AnswerRefusedException refusal)
        {
            Console.Error.WriteLine(refusal.Message);
            return true;
        }

        return answers.Count > 0;
    }
}
