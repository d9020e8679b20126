namespace McpWorkflows.Journal.Sqlite.Migrations;

/// <summary>One step of the schema. Written once, never edited after a release.</summary>
/// <param name="Version">The version the database has afterwards; from 1 without gaps.</param>
/// <param name="Sql">Statements that take the version before to this one.</param>
internal sealed record Migration(int Version, string Sql)
{
    /// <summary>Every step there is, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = [InitialSchema.Migration, SecondSchema.Migration, ThirdSchema.Migration];
}
