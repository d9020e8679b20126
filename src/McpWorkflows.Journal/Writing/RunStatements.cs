using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Texts;
using Microsoft.Data.Sqlite;
using static McpWorkflows.Journal.Texts.StoredText;

namespace McpWorkflows.Journal.Writing;

/// <summary>Writes runs, their leases and the requests to cancel them.</summary>
internal sealed class RunStatements(SqliteConnection connection) : IDisposable
{
    private readonly Statement insert = new(connection, 18, """
        INSERT INTO Runs (Id, State, LeaseOwner, LeaseEpoch, LeaseTime, CancelRequested, CreatedAt, EndedAt, ParentId, Name, FileName,
            SettingsJson, TotalsJson, Error, Goal, ArgsJson, Script, ResultJson, WaitingFor, WaitingUntil)
        VALUES (@0, @1, @2, 1, @3, 0, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13, @14, @15, @16, @17)
        ON CONFLICT (Id) DO NOTHING
        """);

    private readonly Statement change = new(connection, 10, """
        UPDATE Runs SET State = @1, TotalsJson = @2, ResultJson = @3, Error = @4, EndedAt = @5, LeaseTime = @6, WaitingFor = @8, WaitingUntil = @9,
            LeaseOwner = CASE WHEN @7 THEN NULL ELSE LeaseOwner END, CancelRequested = CASE WHEN @7 THEN 0 ELSE CancelRequested END
        WHERE Key = @0
        """);

    private readonly Statement edit = new(connection, 6, """
        UPDATE Runs SET Name = @1, Script = @2, FileName = @3, ArgsJson = @4, SettingsJson = @5 WHERE Key = @0
        """);

    private readonly Statement find = new(connection, 1, $"""
        SELECT {LeaseRow.Columns}
        FROM Runs r LEFT JOIN Owners o ON o.Name = r.LeaseOwner WHERE r.Id = @0
        """);

    private readonly Statement lease = new(connection, 3, """
        UPDATE Runs SET LeaseOwner = @1, LeaseEpoch = LeaseEpoch + 1, LeaseTime = @2, CancelRequested = 0 WHERE Key = @0
        """);

    private readonly Statement requestCancel = new(connection, 1, "UPDATE Runs SET CancelRequested = 1 WHERE Key = @0");

    private readonly Statement cancel = new(connection, 3, """
        UPDATE Runs SET State = @1, EndedAt = @2, CancelRequested = 0, LeaseOwner = NULL, WaitingFor = NULL, WaitingUntil = NULL WHERE Key = @0
        """);

    private readonly Statement pause = new(connection, 2, """
        UPDATE Runs SET State = @1, CancelRequested = 0, LeaseOwner = NULL, WaitingFor = NULL, WaitingUntil = NULL WHERE Key = @0
        """);

    private readonly Statement delete = new(connection, 1, "DELETE FROM Runs WHERE Key = @0");

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

    public void Change(long run, RunChanged changed, long now) => change.Execute(
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

    public void Edit(long run, RunEdited edited) => edit.Execute(
        run,
        Encode(edited.Name),
        Encode(edited.Script),
        Encode(edited.FileName),
        EncodeOrNull(edited.ArgsJson),
        JournalJson.Write(edited.Settings));

    /// <summary>Who holds a run, or null when there is no such run.</summary>
    public Lease? Find(string runId)
    {
        using var reader = find.Query(runId);
        return reader.Read() ? LeaseRow.Read(reader) : null;
    }

    public void Take(long run, string owner, long now) => lease.Execute(run, owner, now);

    /// <summary>With all that belongs to it.</summary>
    public void Delete(long run) => delete.Execute(run);

    public void RequestCancel(long run) => requestCancel.Execute(run);

    public void Cancel(long run, long now) => cancel.Execute(run, Names.Of(RunState.Cancelled), now);

    public void Pause(long run) => pause.Execute(run, Names.Of(RunState.Paused));

    public void Dispose()
    {
        insert.Dispose();
        change.Dispose();
        edit.Dispose();
        find.Dispose();
        lease.Dispose();
        requestCancel.Dispose();
        cancel.Dispose();
        pause.Dispose();
        delete.Dispose();
    }
}
