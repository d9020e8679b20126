using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>Writes the end of a session: calls that were cut off, the final state, the totals.</summary>
internal sealed class RunClosing(
    RunSession session,
    RunParts parts,
    RunBoard board,
    RunLedger ledger,
    RunWriter writer,
    RunEvents events,
    RunReport report,
    RunTally tally)
{
    /// <summary>False when the journal still calls the run running, and this process its owner.</summary>
    public async Task<bool> TryWriteAsync(RunEnd end)
    {
        var known = true;
        if (end.State.HasEnded())
            CancelCalls(end);
        end = Judge(end);
        var change = ChangeTo(end);
        report.TellHeldLines();
        events.State(end.State, end.Error, end.Wait);
        writer.Add(change);
        if (!end.LeaseLost)
            (change, known) = await WriteAsync(change).ConfigureAwait(false);
        board.Close(change, ledger.UnusedLabels());
        return known;
    }

    private async Task<(RunChanged Change, bool Known)> WriteAsync(RunChanged change)
    {
        try
        {
            await writer.FinishAsync().ConfigureAwait(false);
            return (change, true);
        }
        catch (Exception failure) // Whatever the journal throws: readers in this process are told, and the run can be resumed.
        {
            change = ChangeTo(change.Error is not null && change.State == RunState.Interrupted
                ? RunEnd.Interrupted with { Error = change.Error }
                : RunEnd.JournalFailed(failure));
        }

        try
        {
            await parts.Journal.AppendAsync(session.Run.Id, [change], CancellationToken.None).ConfigureAwait(false);
            return (change, true);
        }
        catch (Exception failure) // A run without a living owner reads as interrupted anyway; until then this process knows.
        {
            return (change, failure is LeaseLostException);
        }
    }

    private void CancelCalls(RunEnd end)
    {
        var cut = ledger.CallsInFlight.ToList();
        foreach (var item in cut)
        {
            var call = item.Call! with { State = CallState.Cancelled, EndedAt = parts.Time.GetUtcNow() };
            report.Cancelled(call);
            writer.Add(new CallOpened(call));
        }

        if (cut.Count > 0 && end.State == RunState.Completed)
            report.Log("warn", $"The script returned while {cut.Count} {(cut.Count == 1 ? "agent was" : "agents were")} still at work; cancelled: "
                + string.Join(", ", cut.Take(10).Select(item => item.Call!.Label)) + (cut.Count > 10 ? ", …" : "."));
    }

    private RunEnd Judge(RunEnd end) =>
        end.State == RunState.Completed && session.Run.Settings.Slice is not null ? end with { State = RunState.Planned }
        : end.State == RunState.Completed && (board.Totals.Failed > 0 || board.Totals.BranchesFailed > 0)
            ? end with { State = RunState.CompletedWithFailures }
            : end;

    private RunChanged ChangeTo(RunEnd end) => new()
    {
        State = end.State,
        Totals = tally.Totals,
        ResultJson = end.ResultJson,
        Error = end.Error,
        EndedAt = end.State.HasEnded() ? parts.Time.GetUtcNow() : null,
        WaitingFor = end.Wait?.For,
        WaitingUntil = end.Wait?.Until,
        // Whoever goes on with it may be any process.
        Release = end.State is RunState.Paused or RunState.Planned,
    };
}
