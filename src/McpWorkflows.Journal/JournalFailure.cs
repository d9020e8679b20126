using McpWorkflows.Engine.Journal;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal;

/// <summary>Puts what SQLite and the file system say into words for people: cause and remedy, no paths.</summary>
internal sealed class JournalFailure(string path, TimeSpan lockTimeout)
{
    private readonly string name = Path.GetFileName(path);

    public JournalException From(Exception exception) => exception switch
    {
        JournalException already => already,
        SqliteException sqlite => new JournalException(Describe(sqlite), sqlite),
        UnauthorizedAccessException denied => new JournalException(ReadOnly, denied),
        IOException io => new JournalException(
            $"The journal '{name}' cannot be opened: its folder cannot be created or written. Choose another place with --journal.", io),
        _ => new JournalException($"The journal '{name}' failed: {exception.Message}", exception),
    };

    public JournalException NewerSchema(long version, long supported) => new(
        $"The journal '{name}' was written by a newer release (schema {version}, this one knows {supported}). "
        + "Upgrade mcp-workflows, or choose another --journal.");

    public JournalException OlderSchema() => new(
        $"The journal '{name}' was written by an older release and is read-only, so that it cannot be brought up to date. Allow writing once.");

    public JournalException NotWritable() => new(ReadOnly);

    /// <summary>The file, its folder or its disk may not be written; it may be readable all the same.</summary>
    public static bool IsReadOnly(Exception exception) =>
        exception is UnauthorizedAccessException or IOException
        or SqliteException { SqliteErrorCode: Code.ReadOnlyDatabase or Code.Permission or Code.CannotOpen };

    public JournalException NotOurs() => new(
        $"'{name}' is a SQLite database, but not a journal of mcp-workflows. Choose another --journal.");

    public static JournalException UnknownRun(string runId) => new(
        $"There is no run '{runId}' in this journal. List the runs to see their ids.");

    /// <summary>The entry does not fit what is stored; any other error would meet all entries.</summary>
    public static bool IsOfTheEntry(SqliteException exception) => exception.SqliteErrorCode == Code.Constraint;

    /// <summary>Another connection has the database to itself.</summary>
    public static bool IsLock(SqliteException exception) => exception.SqliteErrorCode is Code.Busy or Code.Locked;

    public static JournalException OwnerTaken(string owner) => new(
        $"The owner '{owner}' has this journal open already. Open it under another name, or close the other first.");

    private string ReadOnly =>
        $"The journal '{name}' cannot be written: the file or its folder is read-only. Allow writing, or choose another --journal.";

    private string Describe(SqliteException exception) => exception.SqliteErrorCode switch
    {
        Code.Busy or Code.Locked =>
            $"The journal '{name}' is locked by another program, and was still after {lockTimeout.TotalSeconds:0.#} s. "
            + "Close the program that holds it (a database browser, a backup), or choose another --journal.",
        Code.ReadOnlyDatabase or Code.Permission => ReadOnly,
        Code.Full =>
            $"The disk that holds the journal '{name}' is full. Free some space: what was finished is kept.",
        Code.InputOutput =>
            $"The disk that holds the journal '{name}' failed to read or write (error {exception.SqliteExtendedErrorCode}). "
            + "Check its free space and its health: what was finished is kept.",
        Code.CannotOpen =>
            $"The journal '{name}' cannot be opened: it is a folder, or its folder is read-only. Allow writing, or choose another --journal.",
        Code.NotADatabase =>
            $"'{name}' is not a journal (not a SQLite database). Choose another --journal.",
        Code.Corrupt =>
            $"The journal '{name}' is damaged. Restore it from a backup, or choose another --journal.",
        Code.Constraint =>
            $"The journal '{name}' holds such an entry already ({exception.Message}). Nothing of this append was written.",
        _ => $"The journal '{name}' failed: {exception.Message}",
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
