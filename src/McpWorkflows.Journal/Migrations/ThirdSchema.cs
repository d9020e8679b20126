namespace McpWorkflows.Journal.Migrations;

/// <summary>Version 3. What people want of runs that other processes own, until the owners have heard it.</summary>
internal static class ThirdSchema
{
    public static Migration Migration { get; } = new(3, """
        CREATE TABLE Orders (
            Key INTEGER NOT NULL PRIMARY KEY,
            RunKey INTEGER NOT NULL REFERENCES Runs (Key) ON DELETE CASCADE,
            Kind TEXT NOT NULL,
            Call TEXT NULL
        );
        CREATE INDEX Orders_RunKey ON Orders (RunKey);
        """);
}
