using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Server.Http;

/// <summary>
/// Who may speak to the server: called by a name that is its own (a page that rebinds a foreign name to this address
/// is not), by no foreign page, and with the token that is asked for.
/// </summary>
internal sealed class AccessGuard
{
    private readonly HttpOptions options;
    private readonly byte[]? tokenHash;
    private readonly OAuthResource? oauth;
    private readonly HashSet<string> names;

    public AccessGuard(HttpOptions options, OAuthResource? oauth)
    {
        this.options = options;
        this.oauth = oauth;
        tokenHash = options.Token is null ? null : Hash(options.Token);
        names = new HashSet<string>(options.Hosts, StringComparer.OrdinalIgnoreCase) { "localhost" };
        if (!options.IsLoopback)
            names.Add(Dns.GetHostName());
    }

    /// <summary>Null when the request may go on.</summary>
    public async Task<Refusal?> CheckAsync(HttpContext context, CancellationToken cancellationToken) =>
        CheckCaller(context.Request) ?? await CheckTokenAsync(context, cancellationToken);

    /// <summary>The first half of it: the server was called by a name of its own, and by no foreign page.</summary>
    public Refusal? CheckCaller(HttpRequest request)
    {
        if (!IsOwn(request.Host.Host))
            return Refusal.Request(StatusCodes.Status403Forbidden, $"This server is not called '{request.Host.Host}'. Call it by its address, or start it with --allow-host {request.Host.Host}.");
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && IsOwn(page.Host)))
            return Refusal.Request(StatusCodes.Status403Forbidden, $"Pages of '{origin}' may not call this server.");
        return null;
    }

    private async Task<Refusal?> CheckTokenAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var request = context.Request;
        if (tokenHash is null && oauth is null)
            return null;
        var shown = request.Headers.Authorization.ToString();
        var isBearer = shown.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
        var token = isBearer ? shown["Bearer ".Length..].Trim() : "";
        if (isBearer && tokenHash is not null && CryptographicOperations.FixedTimeEquals(Hash(token), tokenHash))
            return null;
        var fault = isBearer && oauth is not null ? await oauth.FaultAsync(token, cancellationToken) : null;
        if (isBearer && oauth is not null && fault is null)
            return null;
        context.Response.Headers.WWWAuthenticate = Challenge(request, isBearer);
        return Refusal.Request(
            StatusCodes.Status401Unauthorized,
            isBearer ? $"The access token is not valid{(fault is null ? "" : $": {fault}")}." : "An access token is needed: send the header Authorization: Bearer TOKEN.");
    }

    private string Challenge(HttpRequest request, bool shown)
    {
        var parts = new List<string>();
        if (shown)
            parts.Add("error=\"invalid_token\"");
        if (oauth is not null)
            parts.Add($"resource_metadata=\"{request.Scheme}://{request.Host}{OAuthResource.MetadataPath}{HttpOptions.Path}\"");
        return parts.Count == 0 ? "Bearer" : $"Bearer {string.Join(", ", parts)}";
    }

    // An address cannot be rebound; a name can.
    private bool IsOwn(string host) =>
        names.Contains(host)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && (!options.IsLoopback || IPAddress.IsLoopback(address)));

    // Hashes have one length, so that the comparison tells nothing of the token's.
    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
