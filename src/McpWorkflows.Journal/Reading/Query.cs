using System.Data.Common;

namespace McpWorkflows.Journal.Reading;

/// <summary>Runs one query on a pooled connection of its own.</summary>
internal sealed class Query(Database database)
{
    public static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>Stored as 0 or 1.</summary>
    public static bool Flag(DbDataReader row, int column) => row.GetInt64(column) != 0;

    public static long? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <summary>
    /// Reads what belongs to the run <c>@id</c>, with a left join from it: a run that has nothing of the kind gives one
    /// row of nulls; an unknown one gives none, and throws.
    /// </summary>
    public async Task<List<T>> ReadOfRunAsync<T>(
        string sql, string runId, Func<DbDataReader, T> read, CancellationToken cancellationToken, params (string Name, object Value)[] more)
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

    public Task<List<T>> ReadAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params (string Name, object Value)[] parameters) =>
        database.ReadAsync(cancellation => ReadOnceAsync(sql, read, parameters, cancellation), cancellationToken);

    private async Task<List<T>> ReadOnceAsync<T>(
        string sql, Func<DbDataReader, T> read, (string Name, object Value)[] parameters, CancellationToken cancellationToken)
    {
        using var connection = database.CreateReader();
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var items = new List<T>();
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            items.Add(read(rows));
        }

        return items;
    }
}
