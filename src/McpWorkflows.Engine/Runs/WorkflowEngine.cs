using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Runs;

/// <summary>Starts, resumes, cancels and watches runs. One per process; safe for use from any thread.</summary>
public sealed class WorkflowEngine : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private readonly RunParts _parts;
    private readonly ActiveRuns _runs = new();
    private readonly CancelWatch _cancels;
    private readonly SemaphoreSlim _resuming = new(1, 1);
    private volatile bool _disposed;

    public WorkflowEngine(
        EngineOptions options,
        IJournal journal,
        IAgentHost agents,
        IScriptRuntimeFactory scripts,
        IWorkflowCatalog catalog,
        TimeProvider time,
        IIdSource ids)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Concurrency, 1);
        _parts = new RunParts(options, journal, agents, scripts, catalog, time, ids, new AgentGate(options.Concurrency));
        _cancels = new CancelWatch(journal, time, () => _runs.Any, runId => _runs.Find(runId)?.Stop(RunEnd.Cancelled));
    }

    /// <summary>Whether runs are at work in this process.</summary>
    public bool IsBusy => _runs.Any;

    /// <summary>
    /// Validates the script, writes the run to the journal and starts it; returns its id once it is durable.
    /// Throws <see cref="ScriptRefusedException"/> for a script that cannot run and <see cref="ArgumentException"/>
    /// for arguments that are not JSON.
    /// </summary>
    public async Task<string> StartAsync(StartRun request, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Launch(await new RunOpening(_parts).OpenAsync(request, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Goes on with a run that is neither running nor completed; a completed one becomes the parent of a new run.
    /// Returns the id of the run that is now running. Throws <see cref="RunNotFoundException"/>,
    /// <see cref="RunNotResumableException"/> or <see cref="ScriptRefusedException"/>.
    /// </summary>
    public async Task<string> ResumeAsync(ResumeRun request, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _resuming.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A session that is closing still holds the lease.
            if (_runs.Find(request.RunId) is { } closing && closing.Status.Run.State != RunState.Running)
                await closing.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
            return Launch(await new RunResuming(_parts, _runs).OpenAsync(request, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _resuming.Release();
        }
    }

    /// <summary>Cancels a run wherever it runs. False when it had already ended. Throws <see cref="RunNotFoundException"/>.</summary>
    public async Task<bool> CancelAsync(string runId, CancellationToken cancellationToken)
    {
        if (_runs.Find(runId) is { } actor)
        {
            actor.Stop(RunEnd.Cancelled);
            return true;
        }

        if (_runs.FindUnwritten(runId) is { } stopped)
        {
            var change = new RunChanged { State = RunState.Cancelled, Totals = stopped.Totals, EndedAt = _parts.Time.GetUtcNow() };
            await _parts.Journal.AppendAsync(runId, [change], cancellationToken).ConfigureAwait(false);
            _runs.ForgetUnwritten(runId);
            return true;
        }

        if (await _parts.Journal.RequestCancelAsync(runId, cancellationToken).ConfigureAwait(false))
            return true;
        await FindAsync(runId, cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <summary>
    /// Skips calls of a run of this process, by label or number: the script sees <c>null</c>. False when no such call is
    /// queued or at work here. Throws <see cref="RunNotFoundException"/>.
    /// </summary>
    public async Task<bool> SkipAsync(string runId, string call, CancellationToken cancellationToken)
    {
        if (_runs.Find(runId) is { } actor)
            return await actor.SkipAsync(call).WaitAsync(cancellationToken).ConfigureAwait(false);

        await FindAsync(runId, cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <summary>Throws <see cref="RunNotFoundException"/>.</summary>
    public async Task<RunStatus> GetStatusAsync(string runId, CancellationToken cancellationToken)
    {
        if (_runs.Find(runId) is { } actor)
            return actor.Status;

        var run = await FindAsync(runId, cancellationToken).ConfigureAwait(false);
        // Somebody else may have gone on with a run that ended here.
        return _runs.FindEnded(runId) is { } ended && ended.Run.State == run.State && ended.Run.EndedAt == run.EndedAt
            ? ended
            : await JournaledStatus.ReadAsync(_parts.Journal, run, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until the run has ended (or waits for a person) or the time is up, whichever is first; also for runs of other processes.</summary>
    public async Task<RunStatus> WaitAsync(string runId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_runs.Find(runId) is { } actor)
        {
            try
            {
                await actor.Completion.WaitAsync(timeout, _parts.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The caller's time is up, not the run's.
            }

            return actor.Status;
        }

        var started = _parts.Time.GetTimestamp();
        while ((await FindAsync(runId, cancellationToken).ConfigureAwait(false)).State == RunState.Running)
        {
            var left = timeout == Timeout.InfiniteTimeSpan ? PollInterval : timeout - _parts.Time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                break;
            await Task.Delay(left < PollInterval ? left : PollInterval, _parts.Time, cancellationToken).ConfigureAwait(false);
        }

        return await GetStatusAsync(runId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(int limit, CancellationToken cancellationToken) =>
        [.. (await _parts.Journal.ListRunsAsync(limit, cancellationToken).ConfigureAwait(false)).Select(_runs.Correct)];

    /// <summary>Calls back for every event of a run of this process, in order, until disposed; handlers must return at once.</summary>
    public IDisposable Subscribe(string runId, Action<RunEvent> handler) =>
        _runs.Find(runId)?.Subscribe(handler) ?? NoSubscription.Instance;

    /// <summary>Stops all runs without ending them: they read as interrupted and can be resumed.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        var actors = _runs.All();
        foreach (var actor in actors)
            actor.Stop(RunEnd.Interrupted);
        await Task.WhenAll(actors.Select(actor => actor.Completion)).ConfigureAwait(false);
    }

    private string Launch(RunSession session)
    {
        var actor = new RunActor(session, _parts, _runs.Remove);
        _runs.Add(actor);
        actor.Start();
        _cancels.Start();
        if (_disposed)
            actor.Stop(RunEnd.Interrupted);
        return actor.RunId;
    }

    private async Task<RunRecord> FindAsync(string runId, CancellationToken cancellationToken) =>
        _runs.Correct(await _parts.Journal.FindRunAsync(runId, cancellationToken).ConfigureAwait(false) ?? throw new RunNotFoundException(runId));

    private sealed class NoSubscription : IDisposable
    {
        public static NoSubscription Instance { get; } = new();

        public void Dispose()
        {
        }
    }
}
