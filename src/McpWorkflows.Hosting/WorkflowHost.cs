using McpWorkflows.Agents;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Schemas;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Journal;

namespace McpWorkflows.Hosting;

/// <summary>
/// Workflows within a program of one's own, without a server: engine, journal and agents put together. Scripts run in this
/// process. One is enough for a program; safe for use from any thread.
/// </summary>
public sealed class WorkflowHost : IAsyncDisposable
{
    private static readonly TimeSpan Round = TimeSpan.FromHours(1);

    private readonly WorkflowHostOptions _options;
    private readonly IDisposable? _agents;

    private WorkflowHost(WorkflowHostOptions options, WorkflowEngine engine, IJournal journal, IDisposable? agents)
    {
        _options = options;
        _agents = agents;
        Engine = engine;
        Journal = journal;
    }

    /// <summary>Starts, resumes, cancels and watches runs, for all that <see cref="RunAsync"/> does not offer.</summary>
    public WorkflowEngine Engine { get; }

    /// <summary>All runs with their calls and answers.</summary>
    public IJournal Journal { get; }

    /// <summary>Throws <see cref="JournalException"/> for a journal that cannot be opened, with the remedy.</summary>
    public static async Task<WorkflowHost> OpenAsync(WorkflowHostOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        IJournal journal = options.JournalPath is { } path
            ? await DatabaseJournal.OpenAsync(new JournalOptions { Path = path }, cancellationToken).ConfigureAwait(false)
            : new MemoryJournal();
        var own = options.Agents is null
            ? new ChatAgentHost(new AgentHostOptions { Models = ModelConfiguration.FromEnvironment(Environment.GetEnvironmentVariable), ShareSlots = journal.ShareSlots })
            : null;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var engine = new WorkflowEngine(
            new EngineOptions { Concurrency = options.Concurrency },
            journal,
            options.Agents ?? own!,
            new JintScriptRuntimeFactory(),
            new FileWorkflowCatalog(home, BundledWorkflows.All),
            TimeProvider.System,
            new RandomIdSource(),
            new AnswerSchemas());
        return new WorkflowHost(options, engine, journal, own);
    }

    /// <summary>
    /// Runs a script until it has ended or waits for a person, and returns how it stands then. What went wrong in the run is
    /// in the status, never thrown. Throws <see cref="Engine.Scripts.ScriptRefusedException"/> for a script that cannot run.
    /// Cancellation gives the wait up and cancels the run.
    /// </summary>
    /// <param name="argsJson">JSON text of the script's <c>args</c>, or null.</param>
    /// <param name="onEvent">Told of every phase, log line and agent; must return at once.</param>
    public async Task<RunStatus> RunAsync(string script, string? argsJson, Action<RunEvent>? onEvent, CancellationToken cancellationToken)
    {
        var runId = await Engine.StartAsync(
            new StartRun { Script = script, ArgsJson = argsJson, Model = _options.Model, Workspace = Path.GetFullPath(_options.Workspace) },
            cancellationToken).ConfigureAwait(false);
        using var watching = onEvent is null ? null : Engine.Subscribe(runId, onEvent);
        try
        {
            while (true)
            {
                var status = await Engine.WaitAsync(runId, Round, cancellationToken).ConfigureAwait(false);
                if (status.Run.State != RunState.Running && status.Run.WaitingFor != WaitingFor.Quota)
                {
                    return status;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Engine.CancelAsync(runId, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops all runs without ending them: those of a journal on disk can be resumed.</summary>
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync().ConfigureAwait(false);
        await Journal.DisposeAsync().ConfigureAwait(false);
        _agents?.Dispose();
    }
}
