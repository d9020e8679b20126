using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>
/// Finds out whether a pooler stands before the database that gives each transaction another session: settings, locks and LISTEN
/// would then belong to whoever comes next.
/// </summary>
internal static class PostgresPooler
{
    /// <param name="connection">Open, and without a transaction.</param>
    public static async Task<bool> SharesSessionsAsync(NpgsqlConnection connection, NpgsqlConnectionStringBuilder address, CancellationToken cancellationToken)
    {
        // A pooler makes up what it calls the process behind a connection, for it has many; so whoever is told the truth talks to the server itself.
        const string Mark = "SELECT pg_backend_pid(), set_config('mcpworkflows.session', $1, false)";
        var session = Guid.NewGuid().ToString("N");
        await using (var mark = new NpgsqlCommand(Mark, connection) { Parameters = { new NpgsqlParameter { Value = session } } })
        {
            if ((int)(await mark.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))! == connection.ProcessID)
            {
                return false;
            }
        }

        // Another one's transaction gets the session that was used last, if it may be had.
        await using var other = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(address.ConnectionString) { Pooling = false }.ConnectionString);
        await other.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await other.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (var begin = new NpgsqlCommand("SELECT 1", other, transaction))
        {
            await begin.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }

        await using var look = new NpgsqlCommand("SELECT current_setting('mcpworkflows.session', true)", connection);
        return await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string != session;
    }
}
