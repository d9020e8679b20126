using System.Data.Common;
using System.Text.RegularExpressions;
using McpWorkflows.Journal.Writing;
using Npgsql;
using NpgsqlTypes;

namespace McpWorkflows.Journal.Postgres;

/// <summary>A command that is sent with those that were posted before it; the driver prepares the ones that come often.</summary>
internal sealed partial class PostgresStatement(PostgresWriteConnection connection, int parameters, string sql) : Statement
{
    private readonly string text = Parameter().Replace(sql, static name => $"${int.Parse(name.ValueSpan[1..]) + 1}");
    private readonly bool hasRows = sql.TrimStart().StartsWith("SELECT", StringComparison.Ordinal);

    // As first seen, so that a null later on does not make another statement of it.
    private readonly NpgsqlDbType[] types = Enumerable.Repeat(NpgsqlDbType.Unknown, parameters).ToArray();

    public override int Execute(params ReadOnlySpan<object?> values) => connection.Execute(Bind(values));

    public override void Post(params ReadOnlySpan<object?> values) => connection.Post(Bind(values), hasRows);

    public override DbDataReader Query(params ReadOnlySpan<object?> values) => connection.Query(Bind(values));

    public override void Dispose()
    {
        // The connection's, which ends with it.
    }

    [GeneratedRegex(@"@\d+")]
    private static partial Regex Parameter();

    private NpgsqlBatchCommand Bind(ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(text);
        for (var i = 0; i < values.Length; i++)
        {
            var value = Stored(values[i]);
            value = value is int number ? (long)number : value;
            if (value is not null && types[i] == NpgsqlDbType.Unknown)
            {
                types[i] = value switch
                {
                    long => NpgsqlDbType.Bigint,
                    string[] => NpgsqlDbType.Array | NpgsqlDbType.Text,
                    _ => NpgsqlDbType.Text,
                };
            }

            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = types[i] });
        }

        return command;
    }
}
