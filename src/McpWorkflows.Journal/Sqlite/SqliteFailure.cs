using System.Data.Common;
using McpWorkflows.Engine.Journal;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>Puts what SQLite and the file system say into words for people: cause and remedy, no paths.</summary>
internal sealed class SqliteFailure(string path, TimeSpan lockTimeout) : JournalFailure(Path.GetFileName(path))
{
    public override JournalException From(Exception exception) => exception switch
    {
        SqliteException sqlite => new JournalException(Describe(sqlite), sqlite),
        UnauthorizedAccessException denied => new JournalException(ReadOnly, denied),
        IOException io => new JournalException(
            $"The journal '{Name}' cannot be opened: its folder cannot be created or written. Choose another place with --journal.", io),
        _ => base.From(exception),
    };

    public override JournalException NotOurs() => new(
        $"'{Name}' is a SQLite database, but not a journal of mcp-workflows. Choose another --journal.");

    /// <summary>The file, its folder or its disk may not be written; it may be readable all the same.</summary>
    public static bool IsReadOnly(Exception exception) =>
        exception is UnauthorizedAccessException or IOException
        or SqliteException { SqliteErrorCode: Code.ReadOnlyDatabase or Code.Permission or Code.CannotOpen };

    public override bool IsOfTheEntry(DbException exception) => exception is SqliteException { SqliteErrorCode: Code.Constraint };

    /// <summary>Another connection has the database to itself.</summary>
    public static bool IsLock(SqliteException exception) => exception.SqliteErrorCode is Code.Busy or Code.Locked;

    protected override string ReadOnly =>
        $"The journal '{Name}' cannot be written: the file or its folder is read-only. Allow writing, or choose another --journal.";

    private string Describe(SqliteException exception) => exception.SqliteErrorCode switch
    {
        Code.Busy or Code.Locked =>
            $"The journal '{Name}' is locked by another program, and was still after {lockTimeout.TotalSeconds:0.#} s. "
            + "Close the program that holds it (a database browser, a backup), or choose another --journal.",
        Code.ReadOnlyDatabase or Code.Permission => ReadOnly,
        Code.Full =>
            $"The disk that holds the journal '{Name}' is full. Free some space: what was finished is kept.",
        Code.InputOutput =>
            $"The disk that holds the journal '{Name}' failed to read or write (error {exception.SqliteExtendedErrorCode}). "
            + "Check its free space and its health: what was finished is kept.",
        Code.CannotOpen =>
            $"The journal '{Name}' cannot be opened: it is a folder, or its folder is read-only. Allow writing, or choose another --journal.",
        Code.NotADatabase =>
            $"'{Name}' is not a journal (not a SQLite database). Choose another --journal.",
        Code.Corrupt =>
            $"The journal '{Name}' is damaged. Restore it from a backup, or choose another --journal.",
        Code.Constraint =>
            $"The journal '{Name}' holds such an entry already ({exception.Message}). Nothing of this append was written.",
        _ => $"The journal '{Name}' failed: {exception.Message}",
    };

    /// <summary>Result codes, https://www.sqlite.org/rescode.html.</summary>
    private static class Code
    {
        public const int Permission = 3;
        public const int Busy = 5;
        public const int Locked = 6;
        public const int ReadOnlyDatabase = 8;
        public const int InputOutput = 10;
        public const int Corrupt = 11;
        public const int Full = 13;
        public const int CannotOpen = 14;
        public const int Constraint = 19;
        public const int NotADatabase = 26;
    }
}
