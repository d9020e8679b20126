using System.Data.Common;
using McpWorkflows.Journal.Leases;
using McpWorkflows.Journal.Reading;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>A file that the processes of one machine share.</summary>
internal sealed class SqliteDatabase(Connections connections, JournalFailure failure, SqliteOwners owners) : Database(failure, owners)
{
    public override DbConnection CreateReader() => new SqliteConnection(connections.ForReading);

    public override DbContextOptions<JournalContext> ForModel() => JournalContext.Over(new DbContextOptionsBuilder<JournalContext>().UseSqlite(connections.ForReading));

    public override Task<(long Used, long File)> SizeAsync(CancellationToken cancellationToken)
    {
        using var connection = Open();
        var pageSize = Read(connection, "PRAGMA page_size");
        var pages = Read(connection, "PRAGMA page_count");
        return Task.FromResult(((pages - Read(connection, "PRAGMA freelist_count")) * pageSize, pages * pageSize));
    }

    public override Task CompactAsync(CancellationToken cancellationToken)
    {
        using var connection = Open();
        Read(connection, "VACUUM");
        Read(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        return Task.CompletedTask;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connections.ForReading);
        connection.Open();
        return connection;
    }

    private static long Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long value ? value : 0;
    }
}
