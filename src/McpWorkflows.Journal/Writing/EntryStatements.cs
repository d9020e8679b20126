using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;
using static McpWorkflows.Journal.Texts.StoredText;

namespace McpWorkflows.Journal.Writing;

/// <summary>Writes the entries that make up nearly all of a journal: calls, outcomes, events, snapshots.</summary>
internal sealed class EntryStatements(WriteConnection connection) : IDisposable
{
    private readonly Statement putCall = connection.Prepare(13, """
        INSERT INTO Calls (RunKey, Number, State, FromJournal, StartedAt, EndedAt, Hash, Ordinal, Label, Phase, OptionsJson, Prompt, OutcomeJson)
        VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12)
        ON CONFLICT (RunKey, Number) DO UPDATE SET
            State = excluded.State, FromJournal = excluded.FromJournal, StartedAt = excluded.StartedAt, EndedAt = excluded.EndedAt,
            Hash = excluded.Hash, Ordinal = excluded.Ordinal, Label = excluded.Label, Phase = excluded.Phase,
            OptionsJson = excluded.OptionsJson, Prompt = excluded.Prompt, OutcomeJson = excluded.OutcomeJson
        """);

    private readonly Statement putOutcome = connection.Prepare(10, """
        INSERT INTO Outcomes (RunKey, Kind, Hash, Ordinal, Sequence, Time, CallNumber, Error, OutcomeJson, AnswerJson)
        VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9)
        ON CONFLICT (RunKey, Hash, Ordinal, Kind) DO UPDATE SET
            Sequence = excluded.Sequence, Time = excluded.Time, CallNumber = excluded.CallNumber,
            Error = excluded.Error, OutcomeJson = excluded.OutcomeJson, AnswerJson = excluded.AnswerJson
        """);

    private readonly Statement dropOutcome = connection.Prepare(4, """
        DELETE FROM Outcomes WHERE RunKey = @0 AND Kind = @1 AND Hash = @2 AND Ordinal = @3
        """);

    private readonly Statement insertEvent = connection.Prepare(5, """
        INSERT INTO Events (RunKey, Sequence, Time, Kind, PayloadJson) VALUES (@0, @1, @2, @3, @4)
        """);

    private readonly Statement insertSnapshot = connection.Prepare(3, """
        INSERT INTO Snapshots (RunKey, Name, Text) VALUES (@0, @1, @2) ON CONFLICT DO NOTHING
        """);

    /// <summary>A call's record; nearly always without an outcome, which is stored with the settled item.</summary>
    public void Put(long run, CallRecord call) => putCall.Post(
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
        call.Outcome is null ? null : JournalJson.Write(call.Outcome));

    /// <summary>The answer has a column of its own, where it stays as the model wrote it.</summary>
    public void Put(long run, SettledItem item) => putOutcome.Post(
        run,
        Names.Of(item.Key.Kind),
        item.Key.Hash,
        item.Key.Ordinal,
        item.Sequence,
        item.Time.UtcTicks,
        item.CallNumber,
        EncodeOrNull(item.Error),
        item.Outcome is null ? null : JournalJson.Write(item.Outcome with { AnswerJson = null }),
        EncodeOrNull(item.AnswerJson ?? item.Outcome?.AnswerJson));

    public void Drop(long run, ItemKey key) => dropOutcome.Post(run, Names.Of(key.Kind), key.Hash, key.Ordinal);

    public void Put(long run, RunEvent appended) =>
        insertEvent.Post(run, appended.Sequence, appended.Time.UtcTicks, appended.Kind, Encode(appended.PayloadJson));

    public void Put(long run, SnapshotTaken snapshot) =>
        insertSnapshot.Post(run, Encode(snapshot.Key), Encode(snapshot.Text));

    public void Dispose()
    {
        putCall.Dispose();
        putOutcome.Dispose();
        dropOutcome.Dispose();
        insertEvent.Dispose();
        insertSnapshot.Dispose();
    }
}
