using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Texts;
using static McpWorkflows.Journal.Texts.StoredText;

namespace McpWorkflows.Journal.Reading;

/// <summary>Rows as the records that cross the seam.</summary>
internal static class Records
{
    public static RunRecord ToRecord(this RunRow row, Heartbeat? heartbeat, Owners owners)
    {
        return new RunRecord
        {
            Id = row.Id,
            ParentId = row.ParentId,
            Name = Decode(row.Name),
            Script = Decode(row.Script),
            FileName = Decode(row.FileName),
            ArgsJson = DecodeOrNull(row.ArgsJson),
            Goal = DecodeOrNull(row.Goal),
            Settings = JournalJson.ReadSettings(row.SettingsJson),
            State = new Lease(row.Key, Names.To<RunState>(row.State), row.LeaseOwner, row.LeaseEpoch, heartbeat).Observed(owners),
            ResultJson = DecodeOrNull(row.ResultJson),
            Error = DecodeOrNull(row.Error),
            Totals = JournalJson.ReadTotals(row.TotalsJson),
            CreatedAt = Time(row.CreatedAt),
            EndedAt = Time(row.EndedAt),
            WaitingFor = row.WaitingFor is null ? null : Names.To<WaitingFor>(row.WaitingFor),
            WaitingUntil = Time(row.WaitingUntil),
        };
    }

    public static SettledItem ToRecord(this OutcomeRow row) => new()
    {
        Key = new ItemKey(Names.To<ItemKind>(row.Kind), row.Hash, row.Ordinal),
        Sequence = row.Sequence,
        Time = Time(row.Time),
        Outcome = Outcome(row.OutcomeJson, row.AnswerJson),
        AnswerJson = row.OutcomeJson is null ? DecodeOrNull(row.AnswerJson) : null,
        Error = DecodeOrNull(row.Error),
        CallNumber = row.CallNumber,
    };

    public static CallRecord ToRecord(this CallRow row) => new()
    {
        Number = row.Number,
        Key = new ItemKey(ItemKind.Agent, row.Hash, row.Ordinal),
        Label = Decode(row.Label),
        Phase = DecodeOrNull(row.Phase),
        Prompt = Decode(row.Prompt),
        Options = JournalJson.ReadOptions(row.OptionsJson),
        State = Names.To<CallState>(row.State),
        FromJournal = row.FromJournal,
        Outcome = Outcome(row.OutcomeJson, row.AnswerJson),
        StartedAt = Time(row.StartedAt),
        EndedAt = Time(row.EndedAt),
    };

    public static DateTimeOffset Time(long utcTicks) => new(utcTicks, TimeSpan.Zero);

    public static DateTimeOffset? Time(long? utcTicks) => utcTicks is { } ticks ? Time(ticks) : null;

    /// <param name="answerJson">Null where the outcome holds its answer itself.</param>
    private static AgentOutcome? Outcome(string? outcomeJson, string? answerJson)
    {
        var outcome = outcomeJson is null ? null : JournalJson.ReadOutcome(outcomeJson);
        return answerJson is null || outcome is null ? outcome : outcome with { AnswerJson = Decode(answerJson) };
    }
}
