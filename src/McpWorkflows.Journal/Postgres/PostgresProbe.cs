using System.Data.Common;
using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>
/// Looks, on a connection of its own, whether the database can be reached. A database that was not is looked at again and again until it
/// is, so that the end of an outage is known without anybody asking.
/// </summary>
internal sealed class PostgresProbe(NpgsqlConnectionStringBuilder address, OutageBoard outages, TimeProvider time, CancellationToken lifetime)
{
    /// <summary>Whole seconds: for the connection, and for the answer.</summary>
    private const int PatienceSeconds = 3;

    private readonly string connectionString = new NpgsqlConnectionStringBuilder(address.ConnectionString)
    {
        Pooling = false,
        Timeout = PatienceSeconds,
        CommandTimeout = PatienceSeconds,
        ApplicationName = "mcp-workflows probe",
    }.ConnectionString;

    private readonly Lock gate = new();
    private Task<Exception?>? looking;
    private int watching;

    /// <summary>Somebody found the database away, and it has not been seen since.</summary>
    public bool IsAway => Volatile.Read(ref watching) != 0;

    /// <summary>Null where the database can be reached and written. Those who ask at the same time share one look.</summary>
    public Task<Exception?> LookAsync()
    {
        lock (gate)
        {
            if (looking is null or { IsCompleted: true })
            {
                looking = Task.Run(LookOnceAsync);
            }

            return looking;
        }
    }

    /// <summary>Says so, and watches for the end of it.</summary>
    public void Away(Exception exception)
    {
        if (Interlocked.Exchange(ref watching, 1) == 0)
        {
            outages.Lost(OutageWitness.Asker, PostgresFailure.CauseOf(exception));
            _ = Task.Run(WatchAsync);
        }
    }

    private async Task WatchAsync()
    {
        var backoff = new Backoff();
        try
        {
            do
            {
                await Task.Delay(backoff.Next(), time, lifetime).ConfigureAwait(false);
            }
            while (await LookAsync().ConfigureAwait(false) is not null);
        }
        catch (OperationCanceledException) when (lifetime.IsCancellationRequested)
        {
            // The journal is being closed.
            return;
        }

        Volatile.Write(ref watching, 0);
        outages.Back(OutageWitness.Asker);
    }

    private async Task<Exception?> LookOnceAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(lifetime).ConfigureAwait(false);

            // A standby that is not the server yet, for one.
            await using var command = new NpgsqlCommand("SELECT current_setting('transaction_read_only')", connection);
            return (string?)await command.ExecuteScalarAsync(lifetime).ConfigureAwait(false) == "off" ? null : new IOException("it may only be read now");
        }
        catch (Exception exception) when (exception is DbException or IOException or TimeoutException or InvalidOperationException or OperationCanceledException)
        {
            return exception;
        }
    }
}
