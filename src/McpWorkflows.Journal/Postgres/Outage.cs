using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>What passes by itself: a server that is down, restarts, or is out of reach, and transactions that met another's.</summary>
internal static class Outage
{
    /// <value>50 ms, doubled with each attempt up to 1 s</value>
    public static TimeSpan DelayAfter(int attempts) => TimeSpan.FromMilliseconds(Math.Min(1_000, 50 << Math.Min(attempts, 5)));

    public static bool Is(Exception exception) => exception switch
    {
        // Another server may have taken over, and this one not know yet that it may be written to.
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.ReadOnlySqlTransaction } => true,
        NpgsqlException failure => failure.IsTransient,
        IOException or TimeoutException => true,
        _ => false,
    };
}
