using System.Data.Common;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Reading;
using Microsoft.EntityFrameworkCore;

namespace McpWorkflows.Journal;

/// <summary>What differs, for those who read, between the databases that hold journals.</summary>
internal abstract class Database(JournalFailure failure, Owners owners)
{
    public JournalFailure Failure => failure;

    public Owners Owners => owners;

    /// <summary>A pooled connection, not opened yet. Readers see the last commit and are never blocked by the writer.</summary>
    public abstract DbConnection CreateReader();

    public abstract DbContextOptions<JournalContext> ForModel();

    /// <summary>Reads, and puts the database's own errors into words for people. What has passed may be read again.</summary>
    public virtual async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> readAsync, CancellationToken cancellationToken)
    {
        try
        {
            return await readAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception)
        {
            throw failure.From(exception);
        }
    }

    /// <summary>
    /// Does what somebody asks who would rather be told than wait: throws <see cref="Engine.Journal.JournalAwayException"/> within seconds while the
    /// database is away, and has then cancelled what was asked.
    /// </summary>
    public virtual Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> askAsync, CancellationToken cancellationToken) => askAsync(cancellationToken);

    /// <summary>Bytes that the journal's rows take, and what the journal takes of the disk.</summary>
    public abstract Task<(long Used, long File)> SizeAsync(CancellationToken cancellationToken);

    /// <summary>Gives space that is free within the journal back to the disk.</summary>
    public abstract Task CompactAsync(CancellationToken cancellationToken);
}
