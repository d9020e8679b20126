using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Texts;
using static McpWorkflows.Journal.Texts.StoredText;

namespace McpWorkflows.Journal.Writing;

/// <summary>Writes runs, their leases and the requests to cancel them.</summary>
internal sealed class RunStatements(WriteConnection connection, Owners owners) : IDisposable
{
    private readonly Statement insert = connection.Prepare(18, """
        INSERT INTO Runs (Id, State, LeaseOwner, LeaseEpoch, LeaseTime, CancelRequested, CreatedAt, EndedAt, ParentId, Name, FileName,
            SettingsJson, TotalsJson, Error, Goal, ArgsJson, Script, ResultJson, WaitingFor, WaitingUntil)
        VALUES (@0, @1, @2, 1, @3, 0, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13, @14, @15, @16, @17)
        ON CONFLICT (Id) DO NOTHING
        """);

    private readonly Statement change = connection.Prepare(10, """
        UPDATE Runs SET State = @1, TotalsJson = @2, ResultJson = @3, Error = @4, EndedAt = @5, LeaseTime = @6, WaitingFor = @8, WaitingUntil = @9,
            LeaseOwner = CASE WHEN @7 <> 0 THEN NULL ELSE LeaseOwner END, CancelRequested = CASE WHEN @7 <> 0 THEN 0 ELSE CancelRequested END
        WHERE Key = @0
        """);

    private readonly Statement edit = connection.Prepare(6, """
        UPDATE Runs SET Name = @1, Script = @2, FileName = @3, ArgsJson = @4, SettingsJson = @5 WHERE Key = @0
        """);

    private readonly Statement find = connection.Prepare(1, $"""
        SELECT {LeaseRow.Columns(owners)}
        FROM Runs r LEFT JOIN Owners o ON o.Name = r.LeaseOwner WHERE r.Id = @0
        """);

    private readonly Statement? lockRun = connection.ForUpdate.Length == 0
        ? null
        : connection.Prepare(1, $"SELECT Key FROM Runs WHERE Id = @0{connection.ForUpdate}");

    private readonly Statement lease = connection.Prepare(3, """
        UPDATE Runs SET LeaseOwner = @1, LeaseEpoch = LeaseEpoch + 1, LeaseTime = @2, CancelRequested = 0 WHERE Key = @0
        """);

    private readonly Statement requestCancel = connection.Prepare(1, "UPDATE Runs SET CancelRequested = 1 WHERE Key = @0");

    private readonly Statement cancel = connection.Prepare(3, """
        UPDATE Runs SET State = @1, EndedAt = @2, CancelRequested = 0, LeaseOwner = NULL, WaitingFor = NULL, WaitingUntil = NULL WHERE Key = @0
        """);

    private readonly Statement pause = connection.Prepare(2, """
        UPDATE Runs SET State = @1, CancelRequested = 0, LeaseOwner = NULL, WaitingFor = NULL, WaitingUntil = NULL WHERE Key = @0
        """);

    private readonly Statement release = connection.Prepare(1, "UPDATE Runs SET LeaseOwner = NULL WHERE Key = @0");

    private readonly Statement delete = connection.Prepare(1, "DELETE FROM Runs WHERE Key = @0");

    public void Insert(RunRecord run, string owner, long now)
    {
        var inserted = insert.Execute(
            run.Id,
            Names.Of(run.State),
            owner,
            now,
            run.CreatedAt.UtcTicks,
            run.EndedAt?.UtcTicks,
            run.ParentId,
            Encode(run.Name),
            Encode(run.FileName),
            JournalJson.Write(run.Settings),
            JournalJson.Write(run.Totals),
            EncodeOrNull(run.Error),
            EncodeOrNull(run.Goal),
            EncodeOrNull(run.ArgsJson),
            Encode(run.Script),
            EncodeOrNull(run.ResultJson),
            run.WaitingFor is { } waiting ? Names.Of(waiting) : null,
            run.WaitingUntil?.UtcTicks);
        if (inserted == 0)
        {
            throw new JournalException($"There is already a run '{run.Id}' in this journal. Start it under another id.");
        }
    }

    public void Change(long run, RunChanged changed, long now) => change.Post(
        run,
        Names.Of(changed.State),
        JournalJson.Write(changed.Totals),
        EncodeOrNull(changed.ResultJson),
        EncodeOrNull(changed.Error),
        changed.EndedAt?.UtcTicks,
        now,
        changed.EndsLease,
        changed.WaitingFor is { } waiting ? Names.Of(waiting) : null,
        changed.WaitingUntil?.UtcTicks);

    public void Edit(long run, RunEdited edited) => edit.Post(
        run,
        Encode(edited.Name),
        Encode(edited.Script),
        Encode(edited.FileName),
        EncodeOrNull(edited.ArgsJson),
        JournalJson.Write(edited.Settings));

    /// <summary>Who holds a run, or null when there is no such run. Nobody else takes it until the transaction ends.</summary>
    public Lease? Find(string runId)
    {
        // First, and by itself: who lives is judged after the wait for those who were writing.
        lockRun?.Post(runId);
        using var reader = find.Query(runId);
        return reader.Read() ? LeaseRow.Read(reader) : null;
    }

    public void Take(long run, string owner, long now) => lease.Post(run, owner, now);

    /// <summary>Ends the lease and leaves the run as it is.</summary>
    public void Release(long run) => release.Post(run);

    /// <summary>With all that belongs to it.</summary>
    public void Delete(long run) => delete.Post(run);

    public void RequestCancel(long run) => requestCancel.Post(run);

    public void Cancel(long run, long now) => cancel.Post(run, Names.Of(RunState.Cancelled), now);

    public void Pause(long run) => pause.Post(run, Names.Of(RunState.Paused));

    public void Dispose()
    {
        insert.Dispose();
        change.Dispose();
        edit.Dispose();
        find.Dispose();
        lockRun?.Dispose();
        lease.Dispose();
        requestCancel.Dispose();
        cancel.Dispose();
        pause.Dispose();
        release.Dispose();
        delete.Dispose();
    }
}
