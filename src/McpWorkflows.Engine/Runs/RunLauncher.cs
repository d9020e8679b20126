using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>Brings runs into this process's memory: new ones, resumed ones, and those that go on by themselves.</summary>
internal sealed class RunLauncher(RunParts parts, ActiveRuns runs, IAnswerValidator? validator)
{
    /// <summary>After that, whoever waits for others asks the journal whether it is to blame.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly RunOpening _opening = new(parts);
    private readonly RunResuming _resuming = new(parts, runs);
    private readonly QuestionAnswers _answers = new(parts.Journal, validator);
    private readonly SemaphoreSlim _oneByOne = new(1, 1);
    private volatile bool _stopped;

    /// <summary>Told after each launch.</summary>
    public Action Launched { get; set; } = static () => { };

    public bool IsStopped => _stopped;

    public async Task<string> StartAsync(StartRun request, CancellationToken cancellationToken)
    {
        var session = await _opening.OpenAsync(request, cancellationToken).ConfigureAwait(false);
        return request.Hold ? session.Run.Id : Launch(session);
    }

    public async Task<string> ResumeAsync(ResumeRun request, CancellationToken cancellationToken)
    {
        if (request.Answers.Count > 0)
            await _answers.StoreAsync(await FindAsync(request.RunId, cancellationToken).ConfigureAwait(false), request.Answers, cancellationToken).ConfigureAwait(false);

        await EnterAsync(request.RunId, cancellationToken).ConfigureAwait(false);
        try
        {
            if (!request.IsEdit && await EndPauseAsync(request.RunId, cancellationToken).ConfigureAwait(false) && request.Answers.Count == 0)
                return request.RunId;

            var answersOnly = request is { IsEdit: false, Answers.Count: > 0 };
            if (answersOnly && await IsHeardAsync(request.RunId, cancellationToken).ConfigureAwait(false))
                return request.RunId;

            await EndSessionAsync(request, cancellationToken).ConfigureAwait(false);
            return Launch(await _resuming.OpenAsync(request, cancellationToken).ConfigureAwait(false));
        }
        catch (RunNotResumableException held) when (held.IsHeld && !request.IsEdit && (request.Answers.Count > 0 || held.IsPaused))
        {
            // Its owner hears of the answer, and of the end of a pause, at its next poll.
            if (held.IsPaused)
                await parts.Journal.OrderAsync(request.RunId, new RunOrder(RunOrderKind.Resume), cancellationToken).ConfigureAwait(false);
            return request.RunId;
        }
        finally
        {
            _oneByOne.Release();
        }
    }

    /// <summary>Goes on with a run that waits or was interrupted, unless another process has it or it has ended.</summary>
    public async Task TryRecoverAsync(string runId, CancellationToken cancellationToken)
    {
        await _oneByOne.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (runs.Find(runId) is null && !_stopped && await _resuming.RecoverAsync(runId, cancellationToken).ConfigureAwait(false) is { } session)
                Launch(session);
            else
                runs.Unpark(runId);
        }
        catch (RunNotResumableException)
        {
            runs.Unpark(runId);
        }
        finally
        {
            _oneByOne.Release();
        }
    }

    /// <summary>Cancels a run that this process leases and nobody works on; false when there is no such run.</summary>
    public Task<bool> CancelUnloadedAsync(string runId, CancellationToken cancellationToken) => ChangeUnloadedAsync(
        runId, run => new RunChanged { State = RunState.Cancelled, Totals = run.Totals, EndedAt = parts.Time.GetUtcNow() }, cancellationToken);

    /// <summary>The same for a pause.</summary>
    public Task<bool> PauseUnloadedAsync(string runId, CancellationToken cancellationToken) => ChangeUnloadedAsync(
        runId, run => new RunChanged { State = RunState.Paused, Totals = run.Totals, Release = true }, cancellationToken);

    /// <summary>Stops all sessions without ending their runs.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        var actors = runs.All();
        foreach (var actor in actors)
            actor.Stop(RunEnd.Interrupted);
        await Task.WhenAll(actors.Select(actor => actor.Completion)).ConfigureAwait(false);
    }

    private async Task<bool> ChangeUnloadedAsync(string runId, Func<RunRecord, RunChanged> changeOf, CancellationToken cancellationToken)
    {
        await EnterAsync(runId, cancellationToken).ConfigureAwait(false);
        try
        {
            if (runs.Find(runId) is not null)
                return false;
            var stopped = runs.FindUnwritten(runId)
                ?? (runs.FindParked(runId) is null ? null : await FindAsync(runId, cancellationToken).ConfigureAwait(false));
            if (stopped is null || stopped.State.HasEnded())
                return false;

            await parts.Journal.AppendAsync(runId, [changeOf(stopped)], cancellationToken).ConfigureAwait(false);
            runs.ForgetUnwritten(runId);
            runs.Unpark(runId);
            return true;
        }
        finally
        {
            _oneByOne.Release();
        }
    }

    /// <summary>Waits for one's turn. While the journal is away that may be long, and the person is told instead.</summary>
    private async Task EnterAsync(string runId, CancellationToken cancellationToken)
    {
        while (!await _oneByOne.WaitAsync(Patience, cancellationToken).ConfigureAwait(false))
            await parts.Journal.FindRunAsync(runId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A session of this process that waits makes room for the resumed one; one that is closing still holds the lease.</summary>
    private async Task EndSessionAsync(ResumeRun request, CancellationToken cancellationToken)
    {
        var actor = runs.Find(request.RunId);
        var status = actor?.Status ?? (runs.FindParked(request.RunId) is null ? null : runs.FindEnded(request.RunId));
        if (status is { Run: { State: RunState.Waiting, WaitingFor: WaitingFor.Answer }, Questions: [var question, ..] }
            && request is { IsEdit: false, Answers.Count: 0 })
        {
            throw new RunNotResumableException(
                $"Run {request.RunId} waits for an answer to question {question.Number}: {question.Text} Resume it with the answer.");
        }

        // Whoever resumes a run that waits for a quota knows better than its provider's last word.
        if (status is { Run: { State: RunState.Waiting, WaitingFor: WaitingFor.Quota } })
            parts.Walls.OpenAll();
        if (actor is null || status!.Run.State == RunState.Running)
            return;

        if (status.Run.State == RunState.Waiting)
            actor.Stop(RunEnd.Interrupted);
        await actor.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The run is in memory and paused, as while its last agents finish: it just goes on.</summary>
    private async Task<bool> EndPauseAsync(string runId, CancellationToken cancellationToken) =>
        runs.Find(runId) is { } actor
        && await actor.OrderAsync(new RunOrder(RunOrderKind.Resume)).WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Somebody works on the run and hears of the answer: here at once, elsewhere at the next poll.</summary>
    private async Task<bool> IsHeardAsync(string runId, CancellationToken cancellationToken) => runs.Find(runId) is { } actor
        ? await actor.RefreshAsync().WaitAsync(cancellationToken).ConfigureAwait(false)
        : (await FindAsync(runId, cancellationToken).ConfigureAwait(false)).State == RunState.Running;

    private async Task<RunRecord> FindAsync(string runId, CancellationToken cancellationToken) =>
        runs.Correct(await parts.Journal.FindRunAsync(runId, cancellationToken).ConfigureAwait(false) ?? throw new RunNotFoundException(runId));

    private string Launch(RunSession session)
    {
        var actor = new RunActor(session, parts, runs.Remove);
        runs.Add(actor);
        actor.Start();
        Launched();
        if (_stopped)
            actor.Stop(RunEnd.Interrupted);
        return actor.RunId;
    }
}
