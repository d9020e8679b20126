using System.Data.Common;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal;

/// <summary>Puts what the database says into words for people: cause and remedy, no paths and no passwords.</summary>
/// <param name="name">What the journal is called in messages.</param>
internal abstract class JournalFailure(string name)
{
    public string Name => name;

    protected abstract string ReadOnly { get; }

    public virtual JournalException From(Exception exception) =>
        exception as JournalException ?? new JournalException($"The journal '{name}' failed: {exception.Message}", exception);

    public JournalException NewerSchema(long version, long supported) => new(
        $"The journal '{name}' was written by a newer release (schema {version}, this one knows {supported}). "
        + "Upgrade mcp-workflows, or choose another --journal.");

    public JournalException OlderSchema() => new(
        $"The journal '{name}' was written by an older release and is read-only, so that it cannot be brought up to date. Allow writing once.");

    public JournalException NotWritable() => new(ReadOnly);

    /// <summary>The database was away when the journal was closed.</summary>
    /// <param name="writes">How many there were that share this error.</param>
    public virtual JournalException NotWritten(Exception exception, int writes) => From(exception);

    /// <summary>Somebody else's tables are in the journal's place.</summary>
    public abstract JournalException NotOurs();

    /// <summary>The entry does not fit what is stored; any other error would meet all entries.</summary>
    public abstract bool IsOfTheEntry(DbException exception);

    public static JournalException UnknownRun(string runId) => new(
        $"There is no run '{runId}' in this journal. List the runs to see their ids.");

    public static JournalException OwnerTaken(string owner) => new(
        $"The owner '{owner}' has this journal open already. Open it under another name, or close the other first.");
}
