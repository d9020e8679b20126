using System.Data.Common;
using System.Diagnostics;
using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Postgres;
using McpWorkflows.Journal.Postgres.Dispatch;
using McpWorkflows.Journal.Postgres.Slots;
using McpWorkflows.Journal.Writing;
using Npgsql;

namespace McpWorkflows.Journal;

/// <summary>
/// The journal in a PostgreSQL database, which processes on several machines share. While the database is away, what runs
/// write waits until it is back, and whoever asks for something else is told within seconds.
/// </summary>
public sealed class PostgresJournal : DatabaseJournal
{
    private static readonly TimeSpan DefaultLeaseTime = TimeSpan.FromSeconds(5);

    private readonly PostgresDatabase database;
    private readonly ChangeFeed changes;
    private readonly PostgresDispatchLedger ledger;
    private readonly Lazy<SlotKeeper> keeper;

    private PostgresJournal(PostgresDatabase database, JournalWriter? writer, PostgresAddress address, JournalOptions options)
        : base(database, writer, options.TimeProvider, LeaseTimeOf(options))
    {
        this.database = database;
        ledger = new PostgresDispatchLedger(database.Source, options.Owner, options.TimeProvider, database.Outages);
        keeper = new Lazy<SlotKeeper>(() => new SlotKeeper(database.Source, options.Owner, options.TimeProvider));
        changes = new ChangeFeed(address.Connection, Held, options.TimeProvider);
    }

    public override IDispatchLedger Dispatch => ledger;

    public override string? Outage => database.Outages.Now;

    /// <summary>Pooled connections to the journal's database, for what else is kept there.</summary>
    internal NpgsqlDataSource Source => database.Source;

    /// <summary>
    /// As <see cref="DatabaseJournal.OpenAsync"/>, for an address <c>postgres://user@host:port/database</c>. A server that is not there
    /// is waited for as long as <see cref="JournalOptions.LockTimeout"/> says.
    /// </summary>
    public static new async Task<PostgresJournal> OpenAsync(JournalOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var address = PostgresAddress.Parse(options.Path, Environment.GetEnvironmentVariable);
        var failure = new PostgresFailure(address.Name, address.Connection.Username);
        var began = Stopwatch.GetTimestamp();
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                return await OpenAsync(options, address, failure, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is DbException or IOException or TimeoutException or ArgumentException)
            {
                if (!PostgresFailure.IsOutage(exception) || PostgresFailure.IsReadOnly(exception) || Stopwatch.GetElapsedTime(began) > options.LockTimeout)
                {
                    throw failure.From(exception);
                }
            }

            await Task.Delay(backoff.Next(), options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    public override Task WaitForChangeAsync(string? runId, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken) =>
        changes.WaitAsync(runId, atMost, time, cancellationToken);

    private protected override IAgentSlots OpenSlots(string pool, int width) => keeper.Value.Share(pool, width);

    private protected override async ValueTask CloseAsync()
    {
        await changes.DisposeAsync().ConfigureAwait(false);
        if (keeper.IsValueCreated)
        {
            await keeper.Value.DisposeAsync().ConfigureAwait(false);
        }

        await ledger.DisposeAsync().ConfigureAwait(false);
        await database.DisposeAsync().ConfigureAwait(false);
    }

    private static TimeSpan LeaseTimeOf(JournalOptions options) => options.LeaseTime ?? DefaultLeaseTime;

    private static async Task<PostgresJournal> OpenAsync(
        JournalOptions options, PostgresAddress address, PostgresFailure failure, CancellationToken cancellationToken)
    {
        var owners = new PostgresOwners(options.Owner);
        var database = new PostgresDatabase(address, failure, owners, options);
        var connection = new PostgresWriteConnection(address.Connection, options.Owner, LeaseTimeOf(options));
        try
        {
            var canWrite = await PrepareAsync(database, failure, options, cancellationToken).ConfigureAwait(false);
            if (!canWrite)
            {
                return new PostgresJournal(database, null, address, options);
            }

            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var session = new PostgresSession(connection, owners, failure, options, LeaseTimeOf(options), database.Outages);
            return new PostgresJournal(database, new JournalWriter(session, failure), address, options);
        }
        catch
        {
            connection.Dispose();
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>False for a database that may only be read, where that will do.</summary>
    private static async Task<bool> PrepareAsync(
        PostgresDatabase database, PostgresFailure failure, JournalOptions options, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await PostgresSchema.UpdateAsync(connection, failure, cancellationToken).ConfigureAwait(false);
        if (!options.AllowReadOnly)
        {
            return true;
        }

        await using var command = new NpgsqlCommand("SELECT NOT pg_is_in_recovery() AND has_table_privilege('runs', 'INSERT')", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }
}
