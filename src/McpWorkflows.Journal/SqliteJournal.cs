using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Slots;
using McpWorkflows.Journal.Sqlite;
using McpWorkflows.Journal.Writing;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal;

/// <summary>The journal in a SQLite database: a file that the processes of one machine share.</summary>
public sealed class SqliteJournal : DatabaseJournal
{
    private static readonly TimeSpan DefaultLeaseTime = TimeSpan.FromSeconds(30);

    private readonly OwnerLock held;
    private readonly Connections connections;
    private readonly JournalOptions options;

    private SqliteJournal(OwnerLock held, JournalWriter? writer, SqliteDatabase database, Connections connections, JournalOptions options)
        : base(database, writer, options.TimeProvider, LeaseTime(options))
    {
        this.held = held;
        this.connections = connections;
        this.options = options;
    }

    /// <summary>As <see cref="DatabaseJournal.OpenAsync"/>, for a file.</summary>
    public static new Task<SqliteJournal> OpenAsync(JournalOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        options = options with { Path = Path.GetFullPath(options.Path) };
        return Task.Run(() => Open(options), cancellationToken);
    }

    private protected override IAgentSlots OpenSlots(string pool, int width) => new SharedSlots(
        new SlotFiles(options.Path + (pool == SlotPool.Agents ? ".slots" : $".slots-{Uri.EscapeDataString(pool)}")), width, options.TimeProvider);

    private protected override ValueTask CloseAsync()
    {
        connections.Close();
        held.Dispose();
        return ValueTask.CompletedTask;
    }

    private static TimeSpan LeaseTime(JournalOptions options) => options.LeaseTime ?? DefaultLeaseTime;

    private static SqliteJournal Open(JournalOptions options)
    {
        var failure = new SqliteFailure(options.Path, options.LockTimeout);
        try
        {
            return OpenToWrite(options, failure);
        }
        catch (Exception exception) when (options.AllowReadOnly && File.Exists(options.Path) && SqliteFailure.IsReadOnly(exception))
        {
            return OpenToRead(options, failure);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw failure.From(exception);
        }
    }

    private static SqliteJournal OpenToRead(JournalOptions options, SqliteFailure failure)
    {
        try
        {
            var connections = new Connections(options, failure);
            connections.TurnReadOnly();
            var nothing = OwnerLock.Look(options.Path, options.Owner);
            var owners = new SqliteOwners(nothing, new MachineClock(options.TimeProvider), LeaseTime(options));
            return new SqliteJournal(nothing, null, new SqliteDatabase(connections, failure, owners), connections, options);
        }
        catch (SqliteException exception)
        {
            throw failure.From(exception);
        }
    }

    private static SqliteJournal OpenToWrite(JournalOptions options, SqliteFailure failure)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(options.Path)!);
        var connections = new Connections(options, failure);
        var connection = connections.OpenForWriting();
        try
        {
            var held = OwnerLock.Take(options.Path, options.Owner);
            var owners = new SqliteOwners(held, new MachineClock(options.TimeProvider), LeaseTime(options));
            var session = new SqliteSession(new SqliteWriteConnection(connection, options.LockTimeout), owners, options.TimeProvider);
            var losses = LossCheck.Run(session, held);
            held.Sweep();
            var writer = new JournalWriter(session, failure);
            return new SqliteJournal(held, writer, new SqliteDatabase(connections, failure, owners), connections, options) { Losses = losses };
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
