using System.Data.Common;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Texts;
using McpWorkflows.Journal.Writing;
using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>
/// Writes to the server, and rides its outages out. Each transaction says in the owner's row that the owner lives, and how many it
/// has committed: by that a new connection learns what became of the last transaction of the old one.
/// </summary>
internal sealed class PostgresSession : WriteSession
{
    /// <summary>A transaction that broke so many connections in turn is itself what breaks them.</summary>
    private const int MostAttempts = 25;

    private const string Machine = "postgres";

    private readonly PostgresWriteConnection connection;
    private readonly JournalOptions options;
    private readonly PostgresFailure failure;
    private readonly OutageBoard outages;
    private readonly long leaseMs;
    private readonly Statement sign;
    private readonly Statement notify;
    private readonly Statement holders;
    private readonly Statement forgetCall;
    private readonly Statement forgetCalls;
    private readonly Statement sweep;
    private readonly Dictionary<string, bool> told = [];
    private long commits;

    public PostgresSession(PostgresWriteConnection connection, Owners owners, PostgresFailure failure, JournalOptions options, TimeSpan leaseTime, OutageBoard outages)
        : base(connection, owners, options.TimeProvider)
    {
        this.connection = connection;
        this.failure = failure;
        this.outages = outages;
        this.options = options;
        leaseMs = (long)leaseTime.TotalMilliseconds;
        sign = connection.Prepare(5, $"""
            INSERT INTO Owners (Name, Machine, LeaseMs, Commits, BeatMs, BeatTime) VALUES (@0, @1, @2, @3, {PostgresOwners.Now}, @4)
            ON CONFLICT (Name) DO UPDATE SET LeaseMs = excluded.LeaseMs, Commits = excluded.Commits, BeatMs = excluded.BeatMs, BeatTime = excluded.BeatTime
            """);
        notify = connection.Prepare(2, "SELECT pg_notify(@0, @1)");
        holders = connection.Prepare(1, "SELECT Id, Key, LeaseOwner, LeaseEpoch FROM Runs WHERE Id = ANY (@0) ORDER BY Key FOR UPDATE");
        forgetCall = connection.Prepare(4, "DELETE FROM DispatchedCalls WHERE RunId = @0 AND Hash = @1 AND Ordinal = @2 AND Kind = @3");
        forgetCalls = connection.Prepare(1, "DELETE FROM DispatchedCalls WHERE RunId = @0");
        sweep = connection.Prepare(0, $"""
            DELETE FROM Owners WHERE BeatMs < {PostgresOwners.Now} - 86400000 AND NOT EXISTS (SELECT 1 FROM Runs WHERE LeaseOwner = Owners.Name)
            """);
    }

    public override bool MayTakeLong => true;

    public override void Lease(string runId, long epoch)
    {
        base.Lease(runId, epoch);

        // A day: whoever was cut off for less still finds what it had committed.
        sweep.Post();
    }

    public override void Tell(string runId, bool owner) => told[runId] = owner || told.GetValueOrDefault(runId);

    public override void Settled(string runId, ItemKey key) => forgetCall.Post(runId, key.Hash, key.Ordinal, Names.Of(key.Kind));

    public override void Ended(string runId) => forgetCalls.Post(runId);

    public override async ValueTask<Fate> FailedAsync(Exception error, int attempts, CancellationToken closing)
    {
        if (PostgresFailure.IsConflict(error) && attempts < MostAttempts)
        {
            Rollback();
            await Task.Delay(Random.Shared.Next(1, 20), CancellationToken.None).ConfigureAwait(false);
            return Fate.RolledBack;
        }

        if (!PostgresFailure.IsOutage(error) && connection.IsOpen)
        {
            Rollback();
            return Fate.Failed;
        }

        var fate = await ReconnectAsync(error, closing).ConfigureAwait(false);
        return fate == Fate.RolledBack && attempts >= MostAttempts ? Fate.Failed : fate;
    }

    public override void Dispose()
    {
        try
        {
            // Whoever looks now sees that this owner's leases are free.
            using var leave = connection.Command("DELETE FROM Owners WHERE Name = $1");
            leave.CommandTimeout = 2;
            leave.Parameters.Add(new NpgsqlParameter { Value = Owner });
            leave.ExecuteNonQuery();
        }
        catch (Exception exception) when (exception is DbException or IOException or InvalidOperationException or TimeoutException)
        {
            // Then they end with their time.
        }

        base.Dispose();
    }

    /// <summary>All rows in one round trip, and in an order, so that transactions do not wait for each other in circles.</summary>
    protected override void LookAhead(IReadOnlyList<string> runIds)
    {
        if (runIds.Count < 2)
        {
            return;
        }

        using var rows = holders.Query((object)runIds.ToArray());
        while (rows.Read())
        {
            Looked(rows.GetString(0), new Holder(rows.GetInt64(1), rows.IsDBNull(2) ? null : rows.GetString(2), rows.GetInt64(3)));
        }
    }

    protected override void Sign()
    {
        sign.Post(Owner, Machine, leaseMs, commits + 1, UtcTicks);
        foreach (var (runId, owner) in told)
        {
            notify.Post(ChangeFeed.Changes, runId);
            if (owner)
            {
                notify.Post(ChangeFeed.Wishes, runId);
            }
        }
    }

    protected override void AfterCommit(bool runsChanged)
    {
        told.Clear();
        commits++;
    }

    protected override void Forget()
    {
        told.Clear();
        base.Forget();
    }

    private async Task<Fate> ReconnectAsync(Exception error, CancellationToken closing)
    {
        var cause = PostgresFailure.CauseOf(error);
        var backoff = new Backoff();
        connection.Abandon();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await connection.OpenAsync(closing).ConfigureAwait(false);
                var counted = await ReadCommitsAsync(closing).ConfigureAwait(false) ?? 0;
                var committed = counted == commits + 1;
                if (counted < commits)
                {
                    // A standby that was behind when it took over, or a backup.
                    options.Report?.Invoke(
                        $"The journal '{failure.Name}' has lost the last {commits - counted} commits of this process: it is an older state of the database. What was finished in them is not in it.");
                }

                if (committed)
                {
                    Committed();
                }
                else
                {
                    Forget();
                }

                outages.Back(OutageWitness.Writer);
                return committed ? Fate.Committed : Fate.RolledBack;
            }
            catch (Exception exception) when (exception is DbException or IOException or TimeoutException or InvalidOperationException or OperationCanceledException)
            {
                // Whatever it is, a password that was changed for one: runs wait until somebody sees to it.
                connection.Abandon();
                if (closing.IsCancellationRequested)
                {
                    Forget();
                    return Fate.GivenUp;
                }

                cause = PostgresFailure.CauseOf(exception);
            }

            outages.Lost(OutageWitness.Writer, cause);
            await WaitAsync(backoff.Next(), closing).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken closing)
    {
        try
        {
            await Task.Delay(time, options.TimeProvider, closing).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // One last attempt tells what is to be told.
        }
    }

    /// <summary>Waits for the end of the transaction that the dead connection may have left at work, and reads what it counted.</summary>
    private async Task<long?> ReadCommitsAsync(CancellationToken cancellationToken)
    {
        await using (var end = connection.Command("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND usename = current_user AND pid <> pg_backend_pid()"))
        {
            end.Parameters.Add(new NpgsqlParameter { Value = connection.Program });
            await end.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await using var command = connection.Command("SELECT Commits FROM Owners WHERE Name = $1 FOR UPDATE");
        command.Parameters.Add(new NpgsqlParameter { Value = Owner });
        return (long?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }
}
