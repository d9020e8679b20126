namespace McpWorkflows.Journal.Sqlite.Migrations;

/// <summary>
/// Version 1. Times are ticks of 100 ns in UTC, JSON is text. A run's small columns come first, so that looking at a
/// lease does not page through its script.
/// </summary>
internal static class InitialSchema
{
    public static Migration Migration { get; } = new(1, """
        CREATE TABLE Runs (
            Key INTEGER NOT NULL PRIMARY KEY,
            Id TEXT NOT NULL UNIQUE,
            State TEXT NOT NULL,
            LeaseOwner TEXT NULL,
            LeaseEpoch INTEGER NOT NULL,
            LeaseTime INTEGER NOT NULL,
            CancelRequested INTEGER NOT NULL,
            CreatedAt INTEGER NOT NULL,
            EndedAt INTEGER NULL,
            ParentId TEXT NULL,
            Name TEXT NOT NULL,
            FileName TEXT NOT NULL,
            SettingsJson TEXT NOT NULL,
            TotalsJson TEXT NOT NULL,
            Error TEXT NULL,
            Goal TEXT NULL,
            ArgsJson TEXT NULL,
            Script TEXT NOT NULL,
            ResultJson TEXT NULL
        );
        CREATE INDEX Runs_CreatedAt ON Runs (CreatedAt);
        CREATE INDEX Runs_CancelRequested ON Runs (CancelRequested) WHERE CancelRequested <> 0;

        CREATE TABLE Calls (
            RunKey INTEGER NOT NULL REFERENCES Runs (Key) ON DELETE CASCADE,
            Number INTEGER NOT NULL,
            State TEXT NOT NULL,
            FromJournal INTEGER NOT NULL,
            StartedAt INTEGER NULL,
            EndedAt INTEGER NULL,
            Hash TEXT NOT NULL,
            Ordinal INTEGER NOT NULL,
            Label TEXT NOT NULL,
            Phase TEXT NULL,
            OptionsJson TEXT NOT NULL,
            Prompt TEXT NOT NULL,
            OutcomeJson TEXT NULL,
            PRIMARY KEY (RunKey, Number)
        );

        CREATE TABLE Outcomes (
            Key INTEGER NOT NULL PRIMARY KEY,
            RunKey INTEGER NOT NULL REFERENCES Runs (Key) ON DELETE CASCADE,
            Kind TEXT NOT NULL,
            Hash TEXT NOT NULL,
            Ordinal INTEGER NOT NULL,
            Sequence INTEGER NOT NULL,
            Time INTEGER NOT NULL,
            CallNumber INTEGER NOT NULL,
            Error TEXT NULL,
            OutcomeJson TEXT NULL,
            AnswerJson TEXT NULL,
            UNIQUE (RunKey, Hash, Ordinal, Kind)
        );

        CREATE TABLE Events (
            RunKey INTEGER NOT NULL REFERENCES Runs (Key) ON DELETE CASCADE,
            Sequence INTEGER NOT NULL,
            Time INTEGER NOT NULL,
            Kind TEXT NOT NULL,
            PayloadJson TEXT NOT NULL,
            PRIMARY KEY (RunKey, Sequence)
        ) WITHOUT ROWID;

        CREATE TABLE Questions (
            RunKey INTEGER NOT NULL REFERENCES Runs (Key) ON DELETE CASCADE,
            Hash TEXT NOT NULL,
            Ordinal INTEGER NOT NULL,
            AskedAt INTEGER NOT NULL,
            AnsweredAt INTEGER NULL,
            Question TEXT NOT NULL,
            SchemaJson TEXT NULL,
            AnswerJson TEXT NULL,
            PRIMARY KEY (RunKey, Hash, Ordinal)
        );

        CREATE TABLE Lessons (
            Key INTEGER NOT NULL PRIMARY KEY,
            RunKey INTEGER NULL REFERENCES Runs (Key) ON DELETE SET NULL,
            CreatedAt INTEGER NOT NULL,
            Topic TEXT NOT NULL,
            Lesson TEXT NOT NULL
        );

        CREATE TABLE Snapshots (
            RunKey INTEGER NOT NULL REFERENCES Runs (Key) ON DELETE CASCADE,
            Name TEXT NOT NULL,
            Text TEXT NOT NULL,
            PRIMARY KEY (RunKey, Name)
        );
        """);
}
