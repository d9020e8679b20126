using System.Data.Common;
using System.Net.Sockets;
using System.Security.Authentication;
using McpWorkflows.Engine.Journal;
using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>Puts what PostgreSQL and the network say into words for people: cause and remedy, and never a password.</summary>
internal sealed class PostgresFailure(string name, string? user) : JournalFailure(name)
{
    protected override string ReadOnly =>
        $"The journal '{Name}' cannot be written: the user{Named} may only read it, or the server is a standby. Grant INSERT, UPDATE and DELETE, or name the primary server in --journal.";

    private string Named => user is null ? "" : $" '{user}'";

    /// <summary>The server is away, or the way to it, or the connection is dead: another attempt on a new one may go well.</summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        PostgresException said => said.SqlState is
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.ReadOnlySqlTransaction
            or "57P05" or "25P03" || said.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException { InnerException: AuthenticationException } => false,
        NpgsqlException or IOException or SocketException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Two transactions were in each other's way; this one was rolled back and may be tried again.</summary>
    public static bool IsConflict(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
    };

    public static bool IsReadOnly(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientPrivilege };

    /// <summary>The server's own word for it, or the network's.</summary>
    public static string CauseOf(Exception exception)
    {
        var cause = exception switch
        {
            PostgresException said => said.MessageText,
            { InnerException: TimeoutException } or TimeoutException => "no answer in time",
            _ => exception.GetBaseException().Message,
        };
        return cause.TrimEnd('.');
    }

    public override bool IsOfTheEntry(DbException exception) =>
        exception is PostgresException said && (said.SqlState.StartsWith("23", StringComparison.Ordinal) || said.SqlState.StartsWith("22", StringComparison.Ordinal));

    public override JournalException From(Exception exception) => exception switch
    {
        PostgresException said when !IsOutage(said) => new JournalException(Describe(said), said),
        NpgsqlException { InnerException: AuthenticationException refused } => new JournalException(
            $"The journal '{Name}' cannot be reached over TLS: {CauseOf(refused)}. Check sslmode and the certificates (sslrootcert) in --journal.", exception),
        _ when IsOutage(exception) => new JournalAwayException(
            $"The journal '{Name}' cannot be reached: {CauseOf(exception)}. Check that PostgreSQL runs there and takes connections from this machine, or choose another --journal.", exception),
        _ => base.From(exception),
    };

    /// <summary>For somebody who asked for something while the database was away.</summary>
    public JournalAwayException Away(Exception exception) => new(
        $"{From(exception).Message.TrimEnd('.')}. Nothing of what was asked has been done; runs at work wait for the journal and go on by themselves.", exception);

    public override JournalException NotWritten(Exception exception, int writes) => new(
        $"The journal '{Name}' was away until this process ended ({CauseOf(exception)}), and {(writes == 1 ? "1 write is" : $"{writes} writes are")} not in it. "
        + "What was not written is done again when its run is resumed.",
        exception);

    public override JournalException NotOurs() => new(
        $"The database '{Name}' has tables of another program where the journal's would be. Name another database in --journal, or a schema of its own: ?search_path=mcpworkflows");

    public JournalException NoSchema() => new(
        $"The database '{Name}' has no schema that the search_path names. Create it (CREATE SCHEMA …), or leave search_path out of --journal.");

    public JournalException NotUtf8(string encoding) => new(
        $"The database '{Name}' stores texts as {encoding}, and the journal's need UTF8. Create another one: createdb -E UTF8 -T template0 NAME");

    private string Describe(PostgresException said) => said.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"PostgreSQL does not let the user{Named} into the journal '{Name}': {said.MessageText}. Check user and password: in --journal, in PGUSER and PGPASSWORD, or in the file that PGPASSFILE names.",
        PostgresErrorCodes.InvalidCatalogName =>
            $"There is no database for the journal '{Name}'. Create it with createdb, or name another in --journal.",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"The user{Named} may not do this in the journal '{Name}': {said.MessageText}. Grant it CREATE and USAGE on the schema, or name another user in --journal.",
        PostgresErrorCodes.DiskFull =>
            $"The disk that holds the journal '{Name}' is full. Free some space: what was finished is kept.",
        _ when IsOfTheEntry(said) =>
            $"The journal '{Name}' holds such an entry already ({said.MessageText}). Nothing of this append was written.",
        _ => $"The journal '{Name}' failed: {said.MessageText} ({said.SqlState})",
    };
}
