namespace McpWorkflows.Journal.Sqlite.Migrations;

/// <summary>
/// Version 3. Lessons by project, with their evidence; they outlive the runs they were learnt from. No release has written
/// a lesson before. And what people want of runs that other processes own, until the owners have heard it.
/// </summary>
internal static class ThirdSchema
{
    public static Migration Migration { get; } = new(3, """
        DROP TABLE Lessons;
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
        CREATE INDEX Orders_RunKey ON Orders (RunKey);
        """);
}
