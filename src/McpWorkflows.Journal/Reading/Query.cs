using McpWorkflows.Engine.Journal;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Reading;

/// <summary>Runs one query on a pooled connection of its own.</summary>
internal sealed class Query(Connections connections, JournalFailure failure)
{
    public static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? Number(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <summary>
    /// Reads what belongs to the run <c>@id</c>, with a left join from it: a run that has nothing of the kind gives one
    /// row of nulls; an unknown one gives none, and throws.
    /// </summary>
    public async Task<List<T>> ReadOfRunAsync<T>(
        string sql, string runId, Func<SqliteDataReader, T> read, CancellationToken cancellationToken, params (string Name, object Value)[] more)
        where T : class
    {
        var items = await ReadAsync(
            sql, row => row.IsDBNull(0) ? null : read(row), cancellationToken, [("@id", runId), .. more]).ConfigureAwait(false);
        if (items.Count == 0)
        {
            throw JournalFailure.UnknownRun(runId);
        }

        return [.. items.OfType<T>()];
    }

    public async Task<List<T>> ReadAsync<T>(
        string sql, Func<SqliteDataReader, T> read, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        try
        {
            using var connection = new SqliteConnection(connections.ForReading);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, value) in parameters)
            {
                command.Parameters.AddWithValue(name, value);
            }

            using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var items = new List<T>();
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                items.Add(read(rows));
            }

            return items;
        }
        catch (SqliteException exception)
        {
            throw failure.From(exception);
        }
    }
}
