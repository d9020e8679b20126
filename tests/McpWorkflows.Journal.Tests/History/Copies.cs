namespace McpWorkflows.Journal.Tests.History;

/// <summary>Fills a journal with copies of its one run, which takes far less time than to write each.</summary>
internal static class Copies
{
    /// <summary>Runs <c>wf_1</c>, <c>wf_2</c>, …, a minute apart, the last of them the newest but the original.</summary>
    public static void Of(JournalFile file, int runs, int callsEach)
    {
        const string Columns = """
            State, LeaseOwner, LeaseEpoch, LeaseTime, CancelRequested, EndedAt, ParentId, Name, FileName, SettingsJson, TotalsJson, Error, Goal,
            ArgsJson, Script, ResultJson, WaitingFor, WaitingUntil
            """;
        file.Sql($"""
            BEGIN;
            CREATE TEMP TABLE Numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Math.Max(runs, callsEach)}) SELECT i FROM n;
            CREATE TEMP TABLE Template AS SELECT * FROM Runs;
            CREATE TEMP TABLE TemplateCall AS SELECT * FROM Calls;
            CREATE TEMP TABLE TemplateOutcome AS SELECT * FROM Outcomes;
            INSERT INTO Runs (Key, Id, CreatedAt, {Columns})
                SELECT t.Key + i, 'wf_' || i, t.CreatedAt - ({runs} + 1 - i) * 600000000, {Columns} FROM Template t, Numbers WHERE i <= {runs};
            INSERT INTO Calls (RunKey, Number, State, FromJournal, StartedAt, EndedAt, Hash, Ordinal, Label, Phase, OptionsJson, Prompt)
                SELECT c.RunKey + r.i, n.i, c.State, c.FromJournal, c.StartedAt, c.EndedAt, c.Hash, n.i, c.Label, c.Phase, c.OptionsJson, c.Prompt
                FROM TemplateCall c, Numbers r, Numbers n WHERE r.i <= {runs} AND n.i <= {callsEach};
            INSERT INTO Outcomes (RunKey, Kind, Hash, Ordinal, Sequence, Time, CallNumber, Error, OutcomeJson, AnswerJson)
                SELECT o.RunKey + r.i, o.Kind, o.Hash, n.i, n.i, o.Time, n.i, o.Error, o.OutcomeJson, o.AnswerJson
                FROM TemplateOutcome o, Numbers r, Numbers n WHERE r.i <= {runs} AND n.i <= {callsEach};
            INSERT INTO Events (RunKey, Sequence, Time, Kind, PayloadJson)
                SELECT t.Key + r.i, n.i, t.CreatedAt, 'log', json_object('text', 'line ' || n.i)
                FROM Template t, Numbers r, Numbers n WHERE r.i <= {runs} AND n.i <= {callsEach} * 2;
            COMMIT;
            """);
    }
}
