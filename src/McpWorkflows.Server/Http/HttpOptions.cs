using System.Net;

namespace McpWorkflows.Server.Http;

/// <summary>Where and for whom the server listens, and how much it takes.</summary>
internal sealed record HttpOptions
{
    public const int MinTokenLength = 32;

    /// <summary>4 MiB: the largest script in its widest encoding, and arguments.</summary>
    public const int DefaultMaxRequestBytes = 4 * 1024 * 1024;

    /// <summary>What a request may have without being a large one.</summary>
    public const int SmallRequestBytes = 64 * 1024;

    public const string Path = "/mcp";

    /// <value>Loopback: reachable from this machine alone.</value>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <value>7420; 0 for any free one.</value>
    public int Port { get; init; } = 7420;

    /// <summary>What callers must show as bearer token; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Whose access tokens count; null for none.</summary>
    public OAuthOptions? OAuth { get; init; }

    /// <summary>Names, besides addresses and this machine's own, that the server is called by.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <value><see cref="DefaultMaxRequestBytes"/></value>
    public int MaxRequestBytes { get; init; } = DefaultMaxRequestBytes;

    /// <summary>Requests of more than <see cref="SmallRequestBytes"/> under way; the bound on what all bodies together can take.</summary>
    /// <value>32.</value>
    public int MaxLargeRequests { get; init; } = 32;

    /// <value>1,000 in a second, with 3,000 at once from rest.</value>
    public int RequestsPerSecond { get; init; } = 1_000;

    /// <summary>Requests under way; waits and subscriptions count.</summary>
    /// <value>1,024.</value>
    public int MaxConcurrentRequests { get; init; } = 1_024;

    /// <value>4,096.</value>
    public int MaxConnections { get; init; } = 4_096;

    /// <summary>How long a caller may take to send one request.</summary>
    /// <value>20 s.</value>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(20);

    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>What is wrong with the options and what to do, or null.</summary>
    public string? Problem()
    {
        if (Token is { Length: < MinTokenLength })
            return $"The access token has {Token.Length} characters; it needs at least {MinTokenLength}. Make one with: openssl rand -hex 32";
        if (Token is not null && Token.Any(character => character is <= ' ' or > '~'))
            return "The access token has blanks or letters outside of ASCII, which no HTTP header can carry. Make one with: openssl rand -hex 32";
        if (!IsLoopback && Token is null && OAuth is null)
        {
            return $"{Address} can be reached from other machines: that needs an access token of at least {MinTokenLength} characters "
                + "(--token-file FILE or MCPWORKFLOWS_HTTP_TOKEN) or an OAuth issuer (--oauth-issuer). Without --address the server is reachable from this machine alone.";
        }

        return null;
    }
}

/// <summary>An OAuth 2.1 resource server's view of its authorization server.</summary>
internal sealed record OAuthOptions
{
    public required string Issuer { get; init; }

    /// <summary>What tokens must name as audience: this server's public URL, or a name agreed with the issuer.</summary>
    public required string Audience { get; init; }

    /// <summary>The issuer's JSON Web Key Set: an https address, or a file.</summary>
    public required string Keys { get; init; }
}
