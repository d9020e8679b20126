namespace McpWorkflows.Journal.Sqlite.Migrations;

/// <summary>
/// Version 2. Questions with the number people answer them by, their default and their deadline; owners of leases with
/// their heartbeats; what waiting runs wait for. No release has written a question before.
/// </summary>
internal static class SecondSchema
{
    public static Migration Migration { get; } = new(2, """
        ALTER TABLE Runs ADD COLUMN WaitingFor TEXT NULL;
        ALTER TABLE Runs ADD COLUMN WaitingUntil INTEGER NULL;
        DROP INDEX Runs_CancelRequested;
        CREATE INDEX Runs_LeaseOwner ON Runs (LeaseOwner) WHERE LeaseOwner IS NOT NULL;

        CREATE INDEX Runs_Unended ON Runs (State) WHERE State IN ('Running', 'Waiting', 'Interrupted');

        CREATE TABLE Owners (
            Name TEXT NOT NULL PRIMARY KEY,
            Machine TEXT NOT NULL,
            LeaseMs INTEGER NOT NULL,
            Commits INTEGER NOT NULL,
            BeatMs INTEGER NOT NULL,
            BeatTime INTEGER NOT NULL
        ) WITHOUT ROWID;

        DROP TABLE Questions;
        CREATE TABLE Questions (
            RunKey INTEGER NOT NULL REFERENCES Runs (Key) ON DELETE CASCADE,
            Number INTEGER NOT NULL,
            Hash TEXT NOT NULL,
            Ordinal INTEGER NOT NULL,
            Settled INTEGER NOT NULL,
            AskedAt INTEGER NOT NULL,
            Deadline INTEGER NULL,
            AnsweredAt INTEGER NULL,
            Text TEXT NOT NULL,
            SchemaJson TEXT NULL,
            DefaultJson TEXT NULL,
            AnswerJson TEXT NULL,
            PRIMARY KEY (RunKey, Number),
            UNIQUE (RunKey, Hash, Ordinal)
        );
        CREATE INDEX Questions_Unsettled ON Questions (RunKey) WHERE AnsweredAt IS NOT NULL AND Settled = 0;
        """);
}
