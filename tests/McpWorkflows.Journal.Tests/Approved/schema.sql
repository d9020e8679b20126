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

CREATE TABLE Events (
    RunKey INTEGER NOT NULL REFERENCES Runs (Key) ON DELETE CASCADE,
    Sequence INTEGER NOT NULL,
    Time INTEGER NOT NULL,
    Kind TEXT NOT NULL,
    PayloadJson TEXT NOT NULL,
    PRIMARY KEY (RunKey, Sequence)
) WITHOUT ROWID;

CREATE TABLE LessonBooks (
    Project TEXT NOT NULL PRIMARY KEY,
    LastNumber INTEGER NOT NULL,
    DreamRun TEXT NULL,
    DreamtTo INTEGER NULL,
    DreamtAt INTEGER NULL,
    Claim TEXT NULL,
    ClaimedAt INTEGER NULL
) WITHOUT ROWID;

CREATE TABLE Lessons (
    Project TEXT NOT NULL REFERENCES LessonBooks (Project) ON DELETE CASCADE,
    Number INTEGER NOT NULL,
    CreatedAt INTEGER NOT NULL,
    UpdatedAt INTEGER NOT NULL,
    DeletedAt INTEGER NULL,
    IsPersons INTEGER NOT NULL,
    Audience TEXT NOT NULL,
    Text TEXT NOT NULL,
    TopicsJson TEXT NOT NULL,
    EvidenceJson TEXT NOT NULL,
    PRIMARY KEY (Project, Number)
) WITHOUT ROWID;

CREATE TABLE Orders (
    Key INTEGER NOT NULL PRIMARY KEY,
    RunKey INTEGER NOT NULL REFERENCES Runs (Key) ON DELETE CASCADE,
    Kind TEXT NOT NULL,
    Call TEXT NULL
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

CREATE TABLE Owners (
    Name TEXT NOT NULL PRIMARY KEY,
    Machine TEXT NOT NULL,
    LeaseMs INTEGER NOT NULL,
    Commits INTEGER NOT NULL,
    BeatMs INTEGER NOT NULL,
    BeatTime INTEGER NOT NULL
) WITHOUT ROWID;

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
, WaitingFor TEXT NULL, WaitingUntil INTEGER NULL);

CREATE TABLE Snapshots (
    RunKey INTEGER NOT NULL REFERENCES Runs (Key) ON DELETE CASCADE,
    Name TEXT NOT NULL,
    Text TEXT NOT NULL,
    PRIMARY KEY (RunKey, Name)
);

CREATE INDEX Orders_RunKey ON Orders (RunKey);

CREATE INDEX Questions_Unsettled ON Questions (RunKey) WHERE AnsweredAt IS NOT NULL AND Settled = 0;

CREATE INDEX Runs_CreatedAt ON Runs (CreatedAt);

CREATE INDEX Runs_LeaseOwner ON Runs (LeaseOwner) WHERE LeaseOwner IS NOT NULL;

CREATE INDEX Runs_Unended ON Runs (State) WHERE State IN ('Running', 'Waiting', 'Interrupted');
