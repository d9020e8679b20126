using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Planning;

/// <summary>
/// Runs a script on made-up answers, in memory and free of charge, once for each host given: hosts that make up longer
/// lists show how a run grows with what its agents find.
/// </summary>
/// <param name="madeUp">Answer at once, without asking any model; the one with the shortest lists first.</param>
/// <param name="answer">Makes up an answer to a question's schema, if it has one.</param>
public sealed class ScriptRehearsal(IReadOnlyList<IAgentHost> madeUp, IWorkflowCatalog catalog, Func<string?, string> answer)
{
    private const int MostQuestions = 50;

    // What takes longer without any model waits on timers.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<RehearsedRun>> RunAsync(WorkflowScript script, string? argsJson, string workspace, CancellationToken cancellationToken)
    {
        var runs = new List<RehearsedRun>();
        foreach (var host in madeUp)
        {
            runs.Add(await RunAsync(host, script, argsJson, workspace, cancellationToken).ConfigureAwait(false));
            // A larger one would only say the same again.
            if (runs[^1].Faults.Count > 0)
                break;
        }

        return runs;
    }

    private async Task<RehearsedRun> RunAsync(IAgentHost host, WorkflowScript script, string? argsJson, string workspace, CancellationToken cancellationToken)
    {
        await using var journal = new MemoryJournal();
        await using var engine = new WorkflowEngine(
            new EngineOptions { UnloadAfter = null }, journal, host, new JintScriptRuntimeFactory(), catalog, TimeProvider.System, new RandomIdSource());
        var runId = await engine.StartAsync(
            new StartRun { Script = script.Text, FileName = script.FileName, ArgsJson = argsJson, Workspace = workspace }, cancellationToken).ConfigureAwait(false);
        var status = await engine.WaitAsync(runId, Longest, cancellationToken).ConfigureAwait(false);
        for (var asked = 0; asked < MostQuestions && status is { Run.State: RunState.Waiting, Questions: [var question, ..] }; asked++)
        {
            var given = question.DefaultJson ?? answer(question.SchemaJson);
            await engine.ResumeAsync(new ResumeRun { RunId = runId, Answers = [new QuestionAnswer(question.Number, given)] }, cancellationToken).ConfigureAwait(false);
            status = await engine.WaitAsync(runId, Longest, cancellationToken).ConfigureAwait(false);
        }

        var calls = await journal.ReadCallsAsync(runId, cancellationToken).ConfigureAwait(false);
        var questions = await journal.ReadQuestionsAsync(runId, cancellationToken).ConfigureAwait(false);
        return new RehearsedRun { Calls = calls, Asks = questions.Count > 0, Faults = Faults(status, calls.Count) };
    }

    private static List<string> Faults(RunStatus status, int calls) => status.Run.State switch
    {
        RunState.Completed when calls == 0 => ["The script started no agent. Start at least one, or answer ONE AGENT."],
        RunState.Completed => [],
        RunState.Running or RunState.Waiting => [$"The rehearsal did not end within {Longest.TotalSeconds:0} s although every agent answers at once. Do not wait on timers or for ever."],
        _ => [.. new[] { status.Run.Error }.OfType<string>(), .. status.Failures.Select(failure => $"{failure.Label}: {failure.Cause}").Distinct().Take(10)],
    };
}

/// <summary>What a rehearsal showed.</summary>
public sealed class RehearsedRun
{
    public required IReadOnlyList<CallRecord> Calls { get; init; }

    /// <summary>The script asks a person.</summary>
    public required bool Asks { get; init; }

    /// <summary>Why a real run would fail too; empty when it went well.</summary>
    public required IReadOnlyList<string> Faults { get; init; }
}
