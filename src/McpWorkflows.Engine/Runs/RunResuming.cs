using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Runs;

/// <summary>Takes up a run that stands in the journal.</summary>
internal sealed class RunResuming(RunParts parts)
{
    public async Task<RunSession> OpenAsync(ResumeRun request, CancellationToken cancellationToken)
    {
        var found = await parts.Journal.FindRunAsync(request.RunId, cancellationToken).ConfigureAwait(false)
            ?? throw new RunNotFoundException(request.RunId);
        if (found.State == RunState.Running)
            throw new RunNotResumableException($"Run {found.Id} is still running. Wait for it, or cancel it first.");

        var script = WorkflowScript.Parse(request.Script ?? found.Script, request.FileName ?? found.FileName);
        return found.State == RunState.Completed
            ? await ContinueAsNewAsync(found, script, request, cancellationToken).ConfigureAwait(false)
            : await ContinueAsync(found, script, request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RunSession> ContinueAsync(RunRecord found, WorkflowScript script, ResumeRun request, CancellationToken cancellationToken)
    {
        // Before the lease: a refusal must leave the run as it is.
        var old = await OldRun.ReadAsync(parts.Journal, found, cancellationToken).ConfigureAwait(false);
        var isRecovery = !found.State.HasEnded();
        var dropped = old.ToDrop(failures: !isRecovery, request.Rerun);

        if (!await parts.Journal.TryLeaseAsync(found.Id, cancellationToken).ConfigureAwait(false))
            throw new RunNotResumableException($"Run {found.Id} is held by another process. Wait for it, or cancel it first.");

        var run = Edit(found, script, request) with { State = RunState.Running, Totals = old.Paid() };
        var marker = isRecovery && dropped.Count == 0 ? ResumeMarker.Last(old.Snapshots) : old.Mark(dropped, found.CreatedAt);

        List<JournalEntry> entries = [new RunEdited(run.Name, run.Script, run.FileName, run.ArgsJson, run.Settings)];
        foreach (var item in dropped)
            entries.Add(new ItemDropped(item.Key));
        foreach (var call in old.CallsOf(dropped))
            entries.Add(new CallOpened(call with { State = CallState.Queued, Outcome = null, StartedAt = null, EndedAt = null }));
        if (!isRecovery || dropped.Count > 0)
            entries.Add(marker!.ToEntry(old.Snapshots));
        entries.Add(new RunChanged { State = RunState.Running, Totals = run.Totals });
        await parts.Journal.AppendAsync(run.Id, entries, cancellationToken).ConfigureAwait(false);

        return old.Session(run, script, marker, dropped) with { Calls = old.Calls };
    }

    private async Task<RunSession> ContinueAsNewAsync(RunRecord parent, WorkflowScript script, ResumeRun request, CancellationToken cancellationToken)
    {
        var old = await OldRun.ReadAsync(parts.Journal, parent, cancellationToken).ConfigureAwait(false);
        var dropped = old.ToDrop(failures: true, request.Rerun);
        var marker = old.Mark(dropped, parent.CreatedAt);
        var run = Edit(parent, script, request) with
        {
            Id = parts.Ids.NewRunId(),
            ParentId = parent.Id,
            State = RunState.Running,
            Totals = new RunTotals(),
            ResultJson = null,
            Error = null,
            EndedAt = null,
            CreatedAt = parts.Time.GetUtcNow(),
        };
        await parts.Journal.CreateRunAsync(run, cancellationToken).ConfigureAwait(false);

        var session = old.Session(run, script, marker, dropped) with { LastEvent = 0 };
        List<JournalEntry> entries = [marker.ToEntry(new Dictionary<string, string>())];
        foreach (var (key, text) in old.Snapshots)
        {
            if (!ResumeMarker.IsMarker(key))
                entries.Add(new SnapshotTaken(key, text));
        }

        foreach (var item in session.Settled)
            entries.Add(new ItemSettled(item));
        await parts.Journal.AppendAsync(run.Id, entries, cancellationToken).ConfigureAwait(false);
        return session;
    }

    private static RunRecord Edit(RunRecord run, WorkflowScript script, ResumeRun request) => run with
    {
        Name = script.Meta.Name,
        Script = script.Text,
        FileName = script.FileName,
        ResultJson = null,
        Error = null,
        EndedAt = null,
        Settings = run.Settings with
        {
            Model = request.Model ?? run.Settings.Model,
            Budget = request.Budget ?? run.Settings.Budget,
        },
    };
}
