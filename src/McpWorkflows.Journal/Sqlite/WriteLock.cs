using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>
/// Begins transactions that write. SQLite itself would wait longer from try to try, up to 100 ms, and so might never meet one of
/// the moments between the commits of a process that writes all the time; this asks often enough to have its turn within some.
/// </summary>
internal sealed class WriteLock : IDisposable
{
    private static readonly TimeSpan Impatience = TimeSpan.FromSeconds(0.5);

    private readonly SqliteCommand begin;
    private readonly TimeSpan timeout;

    public WriteLock(SqliteConnection connection, TimeSpan timeout)
    {
        this.timeout = timeout;
        using var wait = connection.CreateCommand();
        wait.CommandText = "PRAGMA busy_timeout = 0";
        wait.ExecuteNonQuery();
        begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";

        // Over before it begins: the provider would wait 150 ms from try to try.
        begin.CommandTimeout = -1;
    }

    /// <summary>Throws <see cref="SqliteException"/> when the lock cannot be had, or not in time.</summary>
    public void Take()
    {
        var started = Stopwatch.GetTimestamp();
        while (!TryTake(Stopwatch.GetElapsedTime(started) >= timeout))
        {
            Thread.Sleep(Stopwatch.GetElapsedTime(started) < Impatience ? 1 : 5);
        }
    }

    public void Dispose() => begin.Dispose();

    private bool TryTake(bool isTheLast)
    {
        try
        {
            begin.ExecuteNonQuery();
            return true;
        }
        catch (SqliteException exception) when (SqliteFailure.IsLock(exception) && !isTheLast)
        {
            return false;
        }
    }
}
