using System.Globalization;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using McpWorkflows.Engine.Network;
using RabbitMQ.Client;

namespace McpWorkflows.Cluster.Broker;

/// <summary>
/// What the address of a broker says: RabbitMQ's "URI Specification", several hosts with commas between them, and of its "URI Query
/// Parameters" <c>cacertfile</c>, <c>certfile</c>, <c>keyfile</c>, <c>server_name_indication</c> and <c>verify</c>.
/// </summary>
public sealed class BrokerAddress
{
    private const string Hosts = "hosts";

    private const int PlainPort = 5672;

    private const int TlsPort = 5671;

    private readonly Uri uri;
    private readonly Dictionary<string, string> settings;

    private BrokerAddress(Uri uri, Dictionary<string, string> settings)
    {
        this.uri = uri;
        this.settings = settings;
    }

    /// <summary>The hosts with their ports, for people.</summary>
    internal string Servers => string.Join(", ", Places().Select(static place => $"{place.Host}:{place.Port}"));

    private bool IsTls => uri.Scheme == "amqps";

    /// <summary>
    /// An address in the one form that a <see cref="Uri"/> has room for: further hosts stand in its query. Throws
    /// <see cref="FormatException"/>, which shows nothing of the address: there may be a password in it.
    /// </summary>
    public static Uri Normalize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = text.AsSpan(Math.Min(start, text.Length)).IndexOfAny('/', '?') is >= 0 and var found ? start + found : text.Length;
        var authority = start < 3 ? "" : text[start..end];
        var hosts = authority[(authority.LastIndexOf('@') + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (hosts.Length > 1)
        {
            text = string.Concat(
                text.AsSpan(0, start), authority.AsSpan(0, authority.LastIndexOf('@') + 1), hosts[0], $"{text[end..]}{(text.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Hosts}={string.Join(',', hosts[1..])}");
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("amqp" or "amqps") || address.Host.Length == 0)
        {
            throw new FormatException("is no address of a RabbitMQ");
        }

        _ = Read(address).Endpoints();
        return address;
    }

    /// <summary>Hosts and virtual host for people: no user, no password, no settings.</summary>
    public static string Describe(Uri address) => $"{address.Scheme}://{Read(address).Servers}{address.AbsolutePath}";

    internal static BrokerAddress Read(Uri uri)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = setting.Split('=', 2);
            if (parts.Length < 2 || parts[0] is not (Hosts or "cacertfile" or "certfile" or "keyfile" or "server_name_indication" or "verify"))
            {
                throw new FormatException($"has a setting '{parts[0]}' that is unknown or has no value: there are cacertfile, certfile, keyfile, server_name_indication and verify");
            }

            settings[parts[0]] = Uri.UnescapeDataString(parts[1]);
        }

        return new BrokerAddress(uri, settings);
    }

    internal ConnectionFactory Factory() => new() { Uri = new Uri(uri.GetLeftPart(UriPartial.Path)) };

    /// <summary>Those to be tried; whichever answers will do.</summary>
    internal IReadOnlyList<AmqpTcpEndpoint> Endpoints()
    {
        var authorities = Load("cacertfile", static path =>
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(path);
            return all;
        });
        var own = Load("certfile", path => X509Certificate2.CreateFromPemFile(path, settings.GetValueOrDefault("keyfile")));
        return [.. Places().Select(place => new AmqpTcpEndpoint(place.Host, place.Port, Tls(place.Host, authorities, own)))];
    }

    private SslOption Tls(string host, X509Certificate2Collection? authorities, X509Certificate2? own)
    {
        if (!IsTls)
        {
            return new SslOption();
        }

        var name = settings.GetValueOrDefault("server_name_indication", host);
        var trustsAll = settings.GetValueOrDefault("verify") == "verify_none";
        return new SslOption
        {
            Enabled = true,
            ServerName = name,
            Certs = own is null ? null : [own],
            CertificateValidationCallback = (_, certificate, chain, _) => trustsAll || ServerCertificate.FindFault(certificate, chain, name, authorities) is not { } fault
                ? true
                // Thrown, since a mere refusal would tell nobody why.
                : throw new AuthenticationException($"{fault}. Correct the host in the address, or name the file of its authority: ?cacertfile=/path/ca.pem"),
        };
    }

    private IEnumerable<(string Host, int Port)> Places()
    {
        var usual = IsTls ? TlsPort : PlainPort;
        yield return (uri.DnsSafeHost, uri.Port > 0 ? uri.Port : usual);
        foreach (var further in settings.GetValueOrDefault(Hosts, "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // The colons of an IPv6 address stand within brackets.
            var colon = further.LastIndexOf(':') is var last && last > further.LastIndexOf(']') ? last : -1;
            yield return colon < 0 ? (further.Trim('[', ']'), usual)
                : int.TryParse(further.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65_536 ? (further[..colon].Trim('[', ']'), port)
                : throw new FormatException("has a host whose port is no number");
        }
    }

    private T? Load<T>(string setting, Func<string, T> load)
        where T : class
    {
        if (!settings.TryGetValue(setting, out var path))
        {
            return null;
        }

        try
        {
            return load(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new FormatException($"has in {setting} no file of certificates that can be read", exception);
        }
    }
}
