using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Runs;

/// <summary>Starts, resumes, cancels and watches runs. One per process; safe for use from any thread.</summary>
public sealed class WorkflowEngine : IAsyncDisposable
{
    private readonly RunParts _parts;
    private readonly ActiveRuns _runs = new();
    private readonly RunLauncher _launcher;
    private readonly RunFollowing _following;
    private readonly CancellationTokenSource _lifetime = new();
    private volatile bool _disposed;
    private int _attends;

    /// <param name="answers">Checks answers to questions with a schema; without it any answer is taken.</param>
    /// <param name="policy">What runs may do at most; without it whatever they ask for.</param>
    public WorkflowEngine(
        EngineOptions options,
        IJournal journal,
        IAgentHost agents,
        IScriptRuntimeFactory scripts,
        IWorkflowCatalog catalog,
        TimeProvider time,
        IIdSource ids,
        IAnswerValidator? answers = null,
        IRunPolicy? policy = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Concurrency, 1);
        _parts = new RunParts(
            options, journal, agents, scripts, catalog, time, ids, new AgentGate(options.Concurrency, options.AgentsElsewhere ? null : journal.ShareSlots(SlotPool.Agents, options.Concurrency)), new QuotaWalls(time),
            policy ?? NoPolicy.Instance);
        _launcher = new RunLauncher(_parts, _runs, answers);
        _following = new RunFollowing(_parts, _runs);
        _launcher.Launched = new RequestWatch(_parts, _runs, _launcher).Start;
    }

    /// <summary>Whether runs are at work in this process.</summary>
    public bool IsBusy => _runs.Any;

    /// <summary>
    /// Validates the script, writes the run to the journal and starts it; returns its id once it is durable.
    /// Throws <see cref="ScriptRefusedException"/> for a script that cannot run and <see cref="ArgumentException"/>
    /// for arguments that are not JSON, and <see cref="PolicyRefusedException"/> where the policy is against it.
    /// </summary>
    public async Task<string> StartAsync(StartRun request, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return await _launcher.StartAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Goes on with a run that is neither running nor completed; a completed one becomes the parent of a new run.
    /// Answers are stored first, and with answers alone a run may also be at work, here or in another process.
    /// Returns the id of the run that goes on. Throws <see cref="RunNotFoundException"/>,
    /// <see cref="RunNotResumableException"/>, <see cref="AnswerRefusedException"/>, <see cref="ScriptRefusedException"/> or
    /// <see cref="PolicyRefusedException"/>.
    /// </summary>
    public async Task<string> ResumeAsync(ResumeRun request, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return await _launcher.ResumeAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// From now on this process takes up what can go on by itself and has no living owner: runs that waited for an answer
    /// or a time, and at once, if <see cref="EngineOptions.ResumeInterrupted"/> says so, interrupted ones. For servers.
    /// </summary>
    /// <param name="mayTakeUp">Whether this process can run that run, its model for one; asked from any thread.</param>
    public void Attend(Func<RunRecord, bool> mayTakeUp)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _attends, 1) == 0)
            _ = Task.Run(() => new OrphanWatch(_parts, _runs, _launcher, mayTakeUp).RunAsync(_lifetime.Token));
    }

    /// <summary>Cancels a run wherever it runs. False when it had already ended. Throws <see cref="RunNotFoundException"/>.</summary>
    public async Task<bool> CancelAsync(string runId, CancellationToken cancellationToken)
    {
        if (_runs.Find(runId) is { } actor)
        {
            actor.Stop(RunEnd.Cancelled);
            return true;
        }

        if (await _launcher.CancelUnloadedAsync(runId, cancellationToken).ConfigureAwait(false)
            || await _parts.Journal.RequestCancelAsync(runId, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        await _following.FindAsync(runId, cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <summary>
    /// Pauses a run wherever it runs: agents at work finish and are journaled, none starts, and the run goes on when somebody
    /// resumes it, in this process or a later one. False when it has ended, is planned or is paused. Throws <see cref="RunNotFoundException"/>.
    /// </summary>
    public async Task<bool> PauseAsync(string runId, CancellationToken cancellationToken) =>
        await OrderAsync(runId, new RunOrder(RunOrderKind.Pause), cancellationToken).ConfigureAwait(false)
        || await _launcher.PauseUnloadedAsync(runId, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Skips calls, by label or number: the script sees <c>null</c>. False when no such call is queued or at work in this
    /// process, and no other owns the run; another one is asked, and its answer not known. Throws <see cref="RunNotFoundException"/>.
    /// </summary>
    public Task<bool> SkipAsync(string runId, string call, CancellationToken cancellationToken) =>
        OrderAsync(runId, new RunOrder(RunOrderKind.Skip, call), cancellationToken);

    /// <summary>Ends the attempts of calls at work, by label or number, which then begin again; else as <see cref="SkipAsync"/>.</summary>
    public Task<bool> RestartAsync(string runId, string call, CancellationToken cancellationToken) =>
        OrderAsync(runId, new RunOrder(RunOrderKind.Restart, call), cancellationToken);

    /// <summary>
    /// Tells the process that owns a run that somebody watches it from here: for 20 seconds it notes as events of the kind
    /// <c>doing</c> what its agents did last, every 2 seconds at most. To be said again while that lasts. Nothing happens for a run of
    /// this process, or one that no living process owns.
    /// </summary>
    public async Task WatchAsync(string runId, CancellationToken cancellationToken)
    {
        if (_runs.Find(runId) is null && _runs.FindParked(runId) is null)
            await _parts.Journal.OrderAsync(runId, new RunOrder(RunOrderKind.Watch), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Throws <see cref="RunNotFoundException"/>.</summary>
    public Task<RunStatus> GetStatusAsync(string runId, CancellationToken cancellationToken) => _following.StatusAsync(runId, cancellationToken);

    /// <summary>
    /// Waits until the run has ended or waits for a person, or the time is up, whichever is first; also for runs of other
    /// processes. A run that waits for a quota goes on by itself, and so does the wait.
    /// </summary>
    public Task<RunStatus> WaitAsync(string runId, TimeSpan timeout, CancellationToken cancellationToken) =>
        _following.WaitAsync(runId, timeout, cancellationToken);

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(int limit, CancellationToken cancellationToken) =>
        [.. (await _parts.Journal.ListRunsAsync(limit, cancellationToken).ConfigureAwait(false)).Select(_runs.Correct)];

    /// <summary>Calls back for every event of a run of this process, in order, until disposed; handlers must return at once.</summary>
    public IDisposable Subscribe(string runId, Action<RunEvent> handler) =>
        _runs.Find(runId)?.Subscribe(handler) ?? NoSubscription.Instance;

    /// <summary>The run as stored, without what only its process knows. Throws <see cref="RunNotFoundException"/>.</summary>
    public Task<RunRecord> FindRunAsync(string runId, CancellationToken cancellationToken) => _following.FindAsync(runId, cancellationToken);

    /// <summary>What goes on in a run of this process now; null for any other.</summary>
    /// <param name="since">Gate samples up to then are left out.</param>
    public RunActivity? FindActivity(string runId, DateTimeOffset? since = null) => _runs.Find(runId)?.Activity.Read(since);

    /// <summary>All that is known of a call that is queued or in flight in this process; null for any other.</summary>
    public AgentTrace? FindAgent(string runId, int number) => _runs.Find(runId)?.Activity.Find(number);

    /// <summary>
    /// Pictures of what goes on in a run of this process: one at once, then the latest after a change, at least
    /// <paramref name="interval"/> apart, until the run leaves the memory. A watcher that is slow gets fewer of them and
    /// slows nothing down. Empty for a run that is not in this process.
    /// </summary>
    public IAsyncEnumerable<RunActivity> WatchActivityAsync(string runId, TimeSpan interval, CancellationToken cancellationToken) =>
        _runs.Find(runId)?.Activity.WatchAsync(interval, cancellationToken) ?? AsyncEnumerable.Empty<RunActivity>();

    /// <summary>Stops all runs without ending them: they read as interrupted, or wait on, and can be resumed.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _lifetime.CancelAsync().ConfigureAwait(false);
        await _launcher.StopAsync().ConfigureAwait(false);
    }

    private async Task<bool> OrderAsync(string runId, RunOrder order, CancellationToken cancellationToken)
    {
        if (_runs.Find(runId) is { } actor)
            return await actor.OrderAsync(order).WaitAsync(cancellationToken).ConfigureAwait(false);

        if (_runs.FindParked(runId) is null && await _parts.Journal.OrderAsync(runId, order, cancellationToken).ConfigureAwait(false))
            return true;

        await _following.FindAsync(runId, cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <summary>Completes when the run leaves this process's memory; null when it is not in it.</summary>
    internal Task? SessionOf(string runId) => _runs.Find(runId)?.Completion;

    private sealed class NoSubscription : IDisposable
    {
        public static NoSubscription Instance { get; } = new();

        public void Dispose()
        {
        }
    }
}
