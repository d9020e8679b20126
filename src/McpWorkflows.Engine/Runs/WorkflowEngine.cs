using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Runs;

/// <summary>Starts, resumes, cancels and watches runs. One per process; safe for use from any thread.</summary>
public sealed class WorkflowEngine(
    EngineOptions options,
    IJournal journal,
    IAgentHost agents,
    IScriptRuntimeFactory scripts,
    IWorkflowCatalog catalog,
    TimeProvider time,
    IIdSource ids) : IAsyncDisposable
{
    internal object[] Parts => [options, journal, agents, scripts, catalog, time, ids];

    /// <summary>
    /// Validates the script, writes the run to the journal and starts it; returns its id once it is durable.
    /// Throws <see cref="ScriptRefusedException"/> for a script that cannot run.
    /// </summary>
    public Task<string> StartAsync(StartRun request, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// Goes on with a run that is neither running nor completed; a completed one becomes the parent of a new run.
    /// Returns the id of the run that is now running. Throws <see cref="RunNotFoundException"/>,
    /// <see cref="RunNotResumableException"/> or <see cref="ScriptRefusedException"/>.
    /// </summary>
    public Task<string> ResumeAsync(ResumeRun request, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Cancels a run wherever it runs. False when it had already ended. Throws <see cref="RunNotFoundException"/>.</summary>
    public Task<bool> CancelAsync(string runId, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Throws <see cref="RunNotFoundException"/>.</summary>
    public Task<RunStatus> GetStatusAsync(string runId, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Waits until the run has ended (or waits for a person) or the time is up, whichever is first; also for runs of other processes.</summary>
    public Task<RunStatus> WaitAsync(string runId, TimeSpan timeout, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<RunRecord>> ListAsync(int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Calls back for every event of a run of this process, in order, until disposed; handlers must return at once.</summary>
    public IDisposable Subscribe(string runId, Action<RunEvent> handler) => throw new NotImplementedException();

    /// <summary>Stops all runs without ending them: they read as interrupted and can be resumed.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
