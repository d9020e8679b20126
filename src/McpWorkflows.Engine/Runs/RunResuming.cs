using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Runs;

/// <summary>Takes up a run that stands in the journal.</summary>
internal sealed class RunResuming(RunParts parts, ActiveRuns runs)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Takes a run up that can go on by itself; null when it no more is one of those.</summary>
    public async Task<RunSession?> RecoverAsync(string runId, CancellationToken cancellationToken)
    {
        var found = runs.Correct(await FindAsync(runId, cancellationToken).ConfigureAwait(false));
        return found.State is RunState.Waiting or RunState.Interrupted
            ? await ContinueAsync(found, WorkflowScript.Parse(found.Script, found.FileName), new ResumeRun { RunId = runId }, cancellationToken).ConfigureAwait(false)
            : null;
    }

    public async Task<RunSession> OpenAsync(ResumeRun request, CancellationToken cancellationToken)
    {
        var found = runs.Correct(await FindAsync(request.RunId, cancellationToken).ConfigureAwait(false));
        if (found.State == RunState.Running)
            throw new RunNotResumableException($"Run {found.Id} is still running. Wait for it, or cancel it first.");

        var approved = request.Approve || request.Script is not null;
        if (found.State == RunState.Planned && !approved)
        {
            throw new RunNotResumableException(
                $"Run {found.Id} is a plan that waits for approval. Resume it with approve (--approve on the command line), or with an edited script.");
        }

        if (parts.Policy.Refuse(found.Settings.Workspace, request.Script is null || request.Script == found.Script ? found.Settings.SavedAs : null) is { } refusal)
            throw new PolicyRefusedException(refusal);
        var script = WorkflowScript.Parse(request.Script ?? found.Script, request.FileName ?? found.FileName);
        return found.State == RunState.Completed
            ? await ContinueAsNewAsync(found, script, request, cancellationToken).ConfigureAwait(false)
            : await ContinueAsync(found, script, request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RunSession> ContinueAsync(RunRecord found, WorkflowScript script, ResumeRun request, CancellationToken cancellationToken)
    {
        if (!await parts.Journal.TryLeaseAsync(found.Id, cancellationToken).ConfigureAwait(false))
            throw new RunNotResumableException($"Run {found.Id} is held by another process. Wait for it, or cancel it first.") { IsHeld = true, IsPaused = found.State == RunState.Paused };

        // The run is this process's now: whoever asked may give up, but nothing stops half way any more.
        RunRecord? held = null;
        try
        {
            held = await WaitOutAsync(() => FindAsync(found.Id, CancellationToken.None)).ConfigureAwait(false);
            // Until the lease, another process could take the run up and bring it to its end.
            if (held.Script != found.Script || (held.State.HasEnded() && (held.State, held.EndedAt) != (found.State, found.EndedAt)))
            {
                throw new RunNotResumableException(
                    $"Another process has resumed run {found.Id} meanwhile. Look at its status, and resume it again if need be.");
            }

            return await TakeUpAsync(held, script, request).ConfigureAwait(false);
        }
        catch
        {
            await GiveBackAsync(held, found).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<RunSession> TakeUpAsync(RunRecord held, WorkflowScript script, ResumeRun request)
    {
        var old = await WaitOutAsync(() => OldRun.ReadAsync(parts.Journal, held, CancellationToken.None)).ConfigureAwait(false);
        // A person who approves a slice wants its failures tried again, as after an end.
        var isRecovery = !held.State.HasEnded() && held.State != RunState.Planned;
        var dropped = old.ToDrop(failures: !isRecovery, request.Rerun);
        var kept = await KeptWork.RestoreAsync(parts.Agents, old, dropped, CancellationToken.None).ConfigureAwait(false);
        dropped.AddRange(kept.Lost);
        var run = Edit(held, script, request) with { State = RunState.Running, Totals = old.Paid() };
        var marker = isRecovery && dropped.Count == 0 ? ResumeMarker.Last(old.Snapshots) : old.Mark(dropped, Began(held, old));

        List<JournalEntry> entries = [new RunEdited(run.Name, run.Script, run.FileName, run.ArgsJson, run.Settings)];
        foreach (var item in dropped)
            entries.Add(new ItemDropped(item.Key));
        foreach (var call in old.CallsOf(dropped))
            entries.Add(new CallOpened(call with { State = CallState.Queued, Outcome = null, StartedAt = null, EndedAt = null }));
        var reopened = old.QuestionsOf(dropped, parts.Time.GetUtcNow()).ToList();
        entries.AddRange(reopened.Select(question => new QuestionOpened(question)));
        if (!isRecovery || dropped.Count > 0)
            entries.Add(marker!.ToEntry(old.Snapshots));
        entries.AddRange(Corrections.Of(held, script.Text, request, old.CallsOf(dropped), old.Snapshots));
        entries.AddRange(new ExtensionSnapshots(old.Snapshots).Keep(script.Extensions));
        entries.Add(new RunChanged { State = RunState.Running, Totals = run.Totals });
        await parts.Journal.AppendAsync(run.Id, entries, CancellationToken.None).ConfigureAwait(false);

        var session = old.Session(run, script, marker, dropped);
        session = session with { Caps = parts.Policy.Caps(run.Settings.Workspace) };
        return session with
        {
            IsResumed = old.Settled.Count > 0 || held.State != RunState.Planned,
            Calls = old.Calls,
            Questions = [.. old.Questions.ExceptBy(reopened.Select(question => question.Key), question => question.Key), .. reopened],
            Warnings = [.. session.Warnings, .. session.Caps.Lowered(run.Settings), .. kept.Notes],
        };
    }

    /// <summary>A plan may have waited for days: its clock starts when it is let go.</summary>
    private DateTimeOffset Began(RunRecord held, OldRun old) =>
        held.State == RunState.Planned && old.Settled.Count == 0 ? parts.Time.GetUtcNow() : held.CreatedAt;

    /// <summary>Lets go of the lease and leaves the run as it was; one that waits goes on waiting here.</summary>
    /// <param name="held">As read under the lease; null when it could not be read.</param>
    private async Task GiveBackAsync(RunRecord? held, RunRecord found)
    {
        if (held is null)
        {
            runs.KeepUnwritten(found);
            return;
        }

        held = held.State.HasEnded() || held.State is RunState.Waiting or RunState.Planned ? held : held with { State = RunState.Interrupted };
        try
        {
            var change = new RunChanged
            {
                State = held.State,
                Totals = held.Totals,
                ResultJson = held.ResultJson,
                Error = held.Error,
                EndedAt = held.EndedAt,
                WaitingFor = held.WaitingFor,
                WaitingUntil = held.WaitingUntil,
                Release = held.State == RunState.Planned,
            };
            await parts.Journal.AppendAsync(held.Id, [change], CancellationToken.None).ConfigureAwait(false);
            if (held.State == RunState.Waiting)
                runs.Park(new ParkedRun(held.Id, held.WaitingUntil, DateTimeOffset.MinValue));
        }
        catch (Exception) // The first failure is the one to be told; until the journal writes again, this process knows.
        {
            runs.KeepUnwritten(held);
        }
    }

    private async Task<RunSession> ContinueAsNewAsync(RunRecord parent, WorkflowScript script, ResumeRun request, CancellationToken cancellationToken)
    {
        var old = await OldRun.ReadAsync(parts.Journal, parent, cancellationToken).ConfigureAwait(false);
        var dropped = old.ToDrop(failures: true, request.Rerun);
        var kept = await KeptWork.RestoreAsync(parts.Agents, old, dropped, cancellationToken).ConfigureAwait(false);
        dropped.AddRange(kept.Lost);
        var marker = old.Mark(dropped, parent.CreatedAt);
        var run = Edit(parent, script, request) with
        {
            Id = parts.Ids.NewRunId(),
            ParentId = parent.Id,
            State = RunState.Running,
            Totals = new RunTotals { CountedTo = old.LastSequence },
            ResultJson = null,
            Error = null,
            EndedAt = null,
            CreatedAt = parts.Time.GetUtcNow(),
        };
        var session = old.Session(run, script, marker, dropped) with { LastEvent = 0, Questions = [] };
        var caps = parts.Policy.Caps(run.Settings.Workspace);
        session = session with { Caps = caps, Warnings = [.. session.Warnings, .. caps.Lowered(run.Settings), .. kept.Notes] };
        List<JournalEntry> entries = [marker.ToEntry(new Dictionary<string, string>())];
        foreach (var (key, text) in old.Snapshots)
        {
            if (!ResumeMarker.IsMarker(key) && !Corrections.IsCorrection(key))
                entries.Add(new SnapshotTaken(key, text));
        }

        entries.AddRange(Corrections.Of(parent, script.Text, request, old.CallsOf(dropped), new Dictionary<string, string>()));
        entries.AddRange(new ExtensionSnapshots(old.Snapshots).Keep(script.Extensions));
        foreach (var item in session.Settled)
            entries.Add(new ItemSettled(item));
        // In one commit: a child without its parent's answers would pay for them again.
        await parts.Journal.CreateRunAsync(run, entries, cancellationToken).ConfigureAwait(false);
        return session;
    }

    /// <summary>Reads what a run of this process needs: while the journal is away it waits, as for a write, until the journal is closed.</summary>
    private async Task<T> WaitOutAsync<T>(Func<Task<T>> readAsync)
    {
        while (true)
        {
            try
            {
                return await readAsync().ConfigureAwait(false);
            }
            catch (JournalAwayException)
            {
                await Task.Delay(RetryDelay, parts.Time).ConfigureAwait(false);
            }
        }
    }

    private async Task<RunRecord> FindAsync(string runId, CancellationToken cancellationToken) =>
        await parts.Journal.FindRunAsync(runId, cancellationToken).ConfigureAwait(false) ?? throw new RunNotFoundException(runId);

    private static RunRecord Edit(RunRecord run, WorkflowScript script, ResumeRun request) => run with
    {
        Name = script.Meta.Name,
        Script = script.Text,
        FileName = script.FileName,
        ResultJson = null,
        Error = null,
        EndedAt = null,
        WaitingFor = null,
        WaitingUntil = null,
        Settings = run.Settings with
        {
            Model = request.Model ?? run.Settings.Model,
            Budget = request.Budget ?? run.Settings.Budget,
            BudgetDollars = request.BudgetDollars ?? run.Settings.BudgetDollars,
            SavedAs = script.Text == run.Script ? run.Settings.SavedAs : null,
            Slice = request.Approve || (run.State == RunState.Planned && request.Script is not null) ? null : run.Settings.Slice,
        },
    };
}
