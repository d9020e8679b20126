using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;
using Microsoft.Data.Sqlite;
using static McpWorkflows.Journal.Texts.StoredText;

namespace McpWorkflows.Journal.Writing;

/// <summary>Writes the entries that make up nearly all of a journal: calls, outcomes, events, snapshots.</summary>
internal sealed class EntryStatements(SqliteConnection connection) : IDisposable
{
    private const string InsertOutcomeSql = """
        INSERT INTO Outcomes (RunKey, Kind, Hash, Ordinal, Dropped, Sequence, Time, CallNumber, Error, OutcomeJson, AnswerJson)
        VALUES (@0, @1, @2, @3, 0, @4, @5, @6, @7, @8, @9)
        ON CONFLICT DO NOTHING
        """;

    private readonly Statement putCall = new(connection, 13, """
        INSERT INTO Calls (RunKey, Number, State, FromJournal, StartedAt, EndedAt, Hash, Ordinal, Label, Phase, OptionsJson, Prompt, OutcomeJson)
        VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12)
        ON CONFLICT (RunKey, Number) DO UPDATE SET
            State = excluded.State, FromJournal = excluded.FromJournal, StartedAt = excluded.StartedAt, EndedAt = excluded.EndedAt,
            Hash = excluded.Hash, Ordinal = excluded.Ordinal, Label = excluded.Label, Phase = excluded.Phase,
            OptionsJson = excluded.OptionsJson, Prompt = excluded.Prompt, OutcomeJson = excluded.OutcomeJson
        """);

    private readonly Statement settleCall = new(connection, 4, """
        UPDATE Calls SET State = @2, EndedAt = COALESCE(EndedAt, @3) WHERE RunKey = @0 AND Number = @1
        """);

    private readonly Statement insertOutcome = new(connection, 10, InsertOutcomeSql);

    private readonly Statement dropOutcome = new(connection, 4, """
        UPDATE Outcomes SET Dropped = 1 WHERE RunKey = @0 AND Kind = @1 AND Hash = @2 AND Ordinal = @3 AND Dropped = 0
        """);

    private readonly Statement insertEvent = new(connection, 5, """
        INSERT INTO Events (RunKey, Sequence, Time, Kind, PayloadJson) VALUES (@0, @1, @2, @3, @4)
        """);

    private readonly Statement insertSnapshot = new(connection, 3, """
        INSERT INTO Snapshots (RunKey, Name, Text) VALUES (@0, @1, @2) ON CONFLICT DO NOTHING
        """);

    /// <summary>
    /// A call's record. Its outcome is stored with the settled item of the same identity; only one that is settled
    /// nowhere is kept here.
    /// </summary>
    public void PutCall(long run, CallRecord call, bool outcomeIsSettled) => putCall.Execute(
        run,
        call.Number,
        Names.Of(call.State),
        call.FromJournal,
        call.StartedAt?.UtcTicks,
        call.EndedAt?.UtcTicks,
        call.Key.Hash,
        call.Key.Ordinal,
        Encode(call.Label),
        EncodeOrNull(call.Phase),
        JournalJson.Write(call.Options),
        Encode(call.Prompt),
        call.Outcome is null || outcomeIsSettled ? null : JournalJson.Write(call.Outcome));

    /// <summary>Ends a call whose record was written when it began.</summary>
    public void SettleCall(long run, int number, AgentOutcomeKind kind, DateTimeOffset time) =>
        settleCall.Execute(run, number, Names.Of(CallStates.After(kind)), time.UtcTicks);

    public void Settle(long run, SettledItem item)
    {
        var key = item.Key;
        ReadOnlySpan<object?> values =
        [
            run,
            Names.Of(key.Kind),
            key.Hash,
            key.Ordinal,
            item.Sequence,
            item.Time.UtcTicks,
            item.CallNumber,
            EncodeOrNull(item.Error),
            item.Outcome is null ? null : JournalJson.Write(item.Outcome with { AnswerJson = null }),
            EncodeOrNull(item.Outcome?.AnswerJson),
        ];
        if (insertOutcome.Execute(values) == 0)
        {
            Drop(run, key);
            insertOutcome.Execute(values);
        }
    }

    /// <summary>What was dropped stays, for the reports of the calls it ended.</summary>
    public void Drop(long run, ItemKey key) => dropOutcome.Execute(run, Names.Of(key.Kind), key.Hash, key.Ordinal);

    public void Append(long run, RunEvent appended) =>
        insertEvent.Execute(run, appended.Sequence, appended.Time.UtcTicks, appended.Kind, Encode(appended.PayloadJson));

    public void Snapshot(long run, SnapshotTaken snapshot) =>
        insertSnapshot.Execute(run, Encode(snapshot.Key), Encode(snapshot.Text));

    public void Dispose()
    {
        putCall.Dispose();
        settleCall.Dispose();
        insertOutcome.Dispose();
        dropOutcome.Dispose();
        insertEvent.Dispose();
        insertSnapshot.Dispose();
    }
}
