using System.Data.Common;
using McpWorkflows.Journal.Writing;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>A prepared command.</summary>
internal sealed class SqliteStatement : Statement
{
    private readonly SqliteCommand command;

    public SqliteStatement(SqliteConnection connection, int parameters, string sql)
    {
        command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"@{i}" });
        }
    }

    public override int Execute(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return command.ExecuteNonQuery();
    }

    public override void Post(params ReadOnlySpan<object?> values) => Execute(values);

    public override DbDataReader Query(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return command.ExecuteReader();
    }

    public override void Dispose() => command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = Stored(values[i]) ?? DBNull.Value;
        }
    }
}
