-- A journal as release 0.1 writes it: its process was killed during the run. Never edit; a schema that changed must still read it.
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

PRAGMA application_id = 1296257111;
PRAGMA user_version = 1;

INSERT INTO Runs (Key, Id, State, LeaseOwner, LeaseEpoch, LeaseTime, CancelRequested, CreatedAt, Name, FileName, SettingsJson, TotalsJson, Script)
VALUES (1, 'wf_old', 'Running', '4711-0123456789abcdef0123456789abcdef', 1, 640000000000000000, 0, 640000000000000000, 'old', 'old.js',
    '{"workspace":"/w","seed":7,"maxAgents":1000}', '{"agents":1,"fromJournal":0,"failed":0,"skipped":0,"cancelled":0,"branchesFailed":0,"inputTokens":0,"outputTokens":0,"durationMs":0,"rehearsed":false}', 'return await agent("look")');

INSERT INTO Calls (RunKey, Number, State, FromJournal, StartedAt, EndedAt, Hash, Ordinal, Label, Phase, OptionsJson, Prompt)
VALUES (1, 1, 'Succeeded', 0, 640000000000000000, 640000000010000000, 'aa00000000000000000000000000000000000000000000000000000000000000', 1, 'finder', 'Find',
    '{"schemaJson":"{\"type\":\"object\"}","stall":"00:03:00"}', 'look');

INSERT INTO Outcomes (RunKey, Kind, Hash, Ordinal, Sequence, Time, CallNumber, OutcomeJson, AnswerJson)
VALUES (1, 'Agent', 'aa00000000000000000000000000000000000000000000000000000000000000', 1, 1, 640000000010000000, 1,
    '{"kind":"Succeeded","usage":{"inputTokens":10,"outputTokens":2,"cachedInputTokens":0},"attempts":1,"model":"openai/x","rehearsed":false}', '{"z":1,"a":2}');

INSERT INTO Events (RunKey, Sequence, Time, Kind, PayloadJson) VALUES (1, 1, 640000000000000000, 'phase', '{"title":"Find"}');

INSERT INTO Snapshots (RunKey, Name, Text) VALUES (1, 'workflow:child', 'return 2');
