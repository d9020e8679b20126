namespace McpWorkflows.Journal.Postgres;

/// <summary>
/// The tables by which processes on several machines coordinate; part of the schema of the journal on PostgreSQL. Times are
/// the database's own. Nothing in them outlives the run or the process that it is about.
/// </summary>
internal static class CoordinationSchema
{
    // Rows of calls and slots are rewritten in place: room is left for it, and no index holds a column that changes with each step.
    public const string Sql = """
        CREATE TABLE DispatchedCalls (
            RunId text NOT NULL,
            Hash text NOT NULL,
            Ordinal bigint NOT NULL,
            Kind text NOT NULL,
            Attempt bigint NOT NULL,
            Claims bigint NOT NULL,
            Withdrawn bigint NOT NULL,
            Worker text NULL,
            Token text NULL,
            RequestJson text NOT NULL,
            OutcomeJson text NULL,
            PRIMARY KEY (RunId, Hash, Ordinal, Kind)
        ) WITH (fillfactor = 70);
        CREATE INDEX DispatchedCalls_Withdrawn ON DispatchedCalls (RunId) WHERE Withdrawn <> 0;

        CREATE TABLE Workers (
            Name text NOT NULL PRIMARY KEY,
            Until timestamptz NOT NULL,
            CardJson text NOT NULL
        ) WITH (fillfactor = 50);

        CREATE TABLE Slots (
            Pool text NOT NULL,
            Owner text NOT NULL,
            Turn bigint NOT NULL,
            Held bigint NOT NULL,
            Wanted bigint NOT NULL,
            Until timestamptz NOT NULL,
            PRIMARY KEY (Pool, Owner)
        ) WITH (fillfactor = 50);
        """;
}
