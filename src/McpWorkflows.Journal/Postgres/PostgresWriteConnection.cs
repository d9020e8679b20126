using System.Data;
using System.Data.Common;
using McpWorkflows.Journal.Writing;
using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>
/// The writer's own connection. What is posted waits for the next command whose answer is needed, and goes with it in one
/// round trip; so a transaction takes two or three, however much it writes.
/// </summary>
internal sealed class PostgresWriteConnection : WriteConnection
{
    /// <summary>Bounds what is held in memory twice.</summary>
    private const int MostPosted = 512;

    private readonly NpgsqlConnectionStringBuilder address;
    private readonly List<NpgsqlBatchCommand> posted = [];
    private readonly string settings;
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Statement @lock;
    private NpgsqlConnection? connection;
    private int rowsPosted;

    /// <param name="owner">Unique; the server shows it as the name of the connection's program.</param>
    /// <param name="abandonAfter">After this time the server itself ends a transaction whose client says nothing more, so that its locks keep nobody out.</param>
    public PostgresWriteConnection(NpgsqlConnectionStringBuilder address, string owner, TimeSpan abandonAfter)
    {
        Program = $"mcp-workflows {owner}";
        Program = Program[..Math.Min(63, Program.Length)];
        this.address = new NpgsqlConnectionStringBuilder(address.ConnectionString) { Pooling = false, ApplicationName = Program };
        settings = $"SET synchronous_commit = on; SET idle_in_transaction_session_timeout = {(long)abandonAfter.TotalMilliseconds}";
        begin = Prepare(0, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
        commit = Prepare(0, "COMMIT");
        @lock = Prepare(1, "SELECT pg_advisory_xact_lock(hashtextextended(@0, 0))");
    }

    /// <summary>What the server calls this connection, and nobody else's.</summary>
    public string Program { get; }

    public override string ForUpdate => " FOR UPDATE";

    public bool IsOpen => connection?.FullState.HasFlag(ConnectionState.Open) == true;

    private NpgsqlConnection Opened => connection ?? throw new NpgsqlException("The connection is closed.");

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        Abandon();
        var opening = new NpgsqlConnection(address.ConnectionString);
        try
        {
            await opening.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(settings, opening);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            connection = opening;
        }
        catch
        {
            await opening.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Lets go of a connection that is dead; whatever was posted is gone with it.</summary>
    public void Abandon()
    {
        Clear();
        connection?.Dispose();
        connection = null;
    }

    /// <summary>For what is not part of a transaction.</summary>
    public NpgsqlCommand Command(string sql) => new(sql, Opened);

    public override Statement Prepare(int parameters, string sql) => new PostgresStatement(this, parameters, sql);

    public override void Begin()
    {
        _ = Opened;
        begin.Post();
    }

    public override void Commit() => commit.Execute();

    public override void Rollback()
    {
        Clear();
        if (connection is null)
        {
            return;
        }

        try
        {
            // Where no transaction has begun yet this does nothing but warn.
            using var rollback = Command("ROLLBACK");
            rollback.ExecuteNonQuery();
        }
        catch (Exception exception) when (exception is DbException or IOException or InvalidOperationException or TimeoutException)
        {
            // A connection that cannot even do that is dead, and the server rolls back by itself.
            Abandon();
        }
    }

    public override void Lock(string name) => @lock.Post(name);

    public void Post(NpgsqlBatchCommand command, bool hasRows)
    {
        posted.Add(command);
        rowsPosted += hasRows ? 1 : 0;
        if (posted.Count >= MostPosted)
        {
            using var batch = TakePosted();
            batch.ExecuteNonQuery();
        }
    }

    public int Execute(NpgsqlBatchCommand command)
    {
        posted.Add(command);
        using var batch = TakePosted();
        batch.ExecuteNonQuery();
        return (int)command.Rows;
    }

    public DbDataReader Query(NpgsqlBatchCommand command)
    {
        posted.Add(command);
        var before = rowsPosted;
        var reader = TakePosted().ExecuteReader();
        try
        {
            for (var i = 0; i < before; i++)
            {
                reader.NextResult();
            }

            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public override void Dispose() => Abandon();

    private NpgsqlBatch TakePosted()
    {
        var batch = new NpgsqlBatch(Opened);
        posted.ForEach(batch.BatchCommands.Add);
        Clear();
        return batch;
    }

    private void Clear()
    {
        posted.Clear();
        rowsPosted = 0;
    }
}
