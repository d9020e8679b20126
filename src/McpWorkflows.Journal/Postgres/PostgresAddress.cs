using System.Globalization;
using McpWorkflows.Engine.Journal;
using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>
/// What a connection URI as PostgreSQL's own programs take it says (section "Connection URIs" of its manual), with the environment's
/// <c>PGHOST</c>, <c>PGPORT</c>, <c>PGDATABASE</c> and <c>PGSSLMODE</c> for what it leaves out. The rest of the <c>PG…</c> variables
/// the driver reads itself.
/// </summary>
internal sealed class PostgresAddress
{
    /// <summary>As in the manual, and what the driver calls them. Settings that are not here go by the driver's own names.</summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["host"] = "Host",
        ["port"] = "Port",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["password"] = "Password",
        ["passfile"] = "Passfile",
        ["sslmode"] = "SSL Mode",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["sslrootcert"] = "Root Certificate",
        ["channel_binding"] = "Channel Binding",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["options"] = "Options",
        ["search_path"] = "Search Path",
        ["target_session_attrs"] = "Target Session Attributes",
        ["keepalives_idle"] = "Tcp Keepalive Time",
        ["keepalives_interval"] = "Tcp Keepalive Interval",
    };

    private PostgresAddress(NpgsqlConnectionStringBuilder connection) => Connection = connection;

    public NpgsqlConnectionStringBuilder Connection { get; }

    /// <summary>For messages: database, host and port.</summary>
    public string Name => Connection.Host!.Contains(':', StringComparison.Ordinal) || Connection.Host.StartsWith('/')
        ? $"{Connection.Database} on {Connection.Host}"
        : string.Create(CultureInfo.InvariantCulture, $"{Connection.Database} on {Connection.Host}:{Connection.Port}");

    /// <summary>Throws <see cref="JournalException"/> for what is no such address.</summary>
    public static PostgresAddress Parse(string uri, Func<string, string?> variable)
    {
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = variable("PGHOST") is { Length: > 0 } host ? host : "localhost",
            Timeout = 5,
            CommandTimeout = 15,
            MaxPoolSize = 16,
            MaxAutoPrepare = 64,
            ApplicationName = "mcp-workflows",
        };
        try
        {
            Set(connection, "port", variable("PGPORT"));
            Set(connection, "dbname", variable("PGDATABASE"));
            Set(connection, "sslmode", variable("PGSSLMODE"));
            Read(connection, uri[(uri.IndexOf("://", StringComparison.Ordinal) + 3)..]);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            throw new JournalException($"--journal is no address of a PostgreSQL database: {exception.Message.TrimEnd('.')}. Write postgres://user@host:5432/database", exception);
        }

        Secure(connection, variable("PGSSLROOTCERT"));
        connection.Database ??= connection.Username ?? variable("PGUSER") ?? Environment.UserName;
        return new PostgresAddress(connection);
    }

    /// <summary>Throws <see cref="JournalException"/> where what it names is not there.</summary>
    public void RequireFiles()
    {
        if (Connection is { SslMode: SslMode.VerifyCA or SslMode.VerifyFull, RootCertificate: { } named } && PostgresCertificate.Load(named) is null)
        {
            throw new JournalException("sslrootcert in --journal, or PGSSLROOTCERT, names no file of certificates (PEM) that can be read. Correct it, or write sslrootcert=system for those that this machine trusts.");
        }
    }

    private static void Read(NpgsqlConnectionStringBuilder connection, string rest)
    {
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var place = query < 0 ? rest : rest[..query];
        var path = place.IndexOf('/', StringComparison.Ordinal);
        var authority = path < 0 ? place : place[..path];
        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            var user = authority[..at].Split(':', 2);
            Set(connection, "user", Uri.UnescapeDataString(user[0]));
            Set(connection, "password", user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null);
        }

        ReadHosts(connection, authority[(at + 1)..]);
        Set(connection, "dbname", path < 0 ? null : Uri.UnescapeDataString(place[(path + 1)..]));
        foreach (var setting in query < 0 ? [] : rest[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = setting.Split('=', 2);
            if (parts.Length < 2)
            {
                throw new FormatException($"'{parts[0]}' has no value");
            }

            Set(connection, Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]));
        }
    }

    /// <summary>As PostgreSQL's own programs take it: whoever names an authority wants the server's certificate looked at.</summary>
    private static void Secure(NpgsqlConnectionStringBuilder connection, string? authority)
    {
        connection.RootCertificate ??= authority is { Length: > 0 } ? authority : null;
        if (connection.RootCertificate is not { } named)
        {
            return;
        }

        if (named == "system")
        {
            connection.RootCertificate = null;
            connection.SslMode = SslMode.VerifyFull;
            return;
        }

        if (connection.SslMode == SslMode.Require)
        {
            connection.SslMode = SslMode.VerifyCA;
        }
    }

    private static void ReadHosts(NpgsqlConnectionStringBuilder connection, string hosts)
    {
        if (hosts.Contains(',', StringComparison.Ordinal))
        {
            connection.Host = Uri.UnescapeDataString(hosts);
            return;
        }

        // The colons of an IPv6 address stand within brackets.
        var colon = hosts.LastIndexOf(':') is var last && last > hosts.LastIndexOf(']') ? last : -1;
        Set(connection, "host", Uri.UnescapeDataString(colon < 0 ? hosts : hosts[..colon]).Trim('[', ']'));
        Set(connection, "port", colon < 0 ? null : hosts[(colon + 1)..]);
    }

    private static void Set(NpgsqlConnectionStringBuilder connection, string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        var known = Settings.GetValueOrDefault(name, name.Replace('_', ' '));
        try
        {
            connection[known] = known is "SSL Mode" or "Target Session Attributes" or "Channel Binding" ? value.Replace("verify-", "Verify", StringComparison.OrdinalIgnoreCase) : value;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException or KeyNotFoundException)
        {
            // The value may be a password that stands in the wrong place, and the exception quotes it.
            throw new FormatException($"the setting '{name}' is unknown, or its value does not fit");
        }
    }
}
