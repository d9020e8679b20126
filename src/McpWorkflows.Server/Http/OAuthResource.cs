using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpWorkflows.Server.Http;

/// <summary>
/// An OAuth 2.1 resource server: checks signed access tokens (RFC 9068) against the issuer's keys, and says who issues
/// them (RFC 9728). Keys are read again every ten minutes, and when a token's signature matches none of them. While they
/// cannot be read those last read count, for a day.
/// </summary>
internal sealed partial class OAuthResource(OAuthOptions options, HttpMessageInvoker http, TimeProvider time, ILogger logger) : IDisposable
{
    public const string MetadataPath = "/.well-known/oauth-protected-resource";

    private const int MaxKeyBytes = 256 * 1024;

    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MinAge = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Outage = TimeSpan.FromDays(1);

    // Asymmetric ones only: with a shared key, whoever can check a token could also make one.
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private readonly JsonWebTokenHandler handler = new();
    private readonly SemaphoreSlim reading = new(1, 1);
    private IList<SecurityKey> keys = [];
    private DateTimeOffset? askedAt;
    private DateTimeOffset readAt;

    /// <param name="url">Where callers reach the server, as far as it can know.</param>
    public JsonObject Metadata(string url) => new()
    {
        ["resource"] = Public is null ? url : options.Audience,
        ["authorization_servers"] = new JsonArray(options.Issuer),
        ["bearer_methods_supported"] = new JsonArray("header"),
    };

    /// <summary>Where the metadata stands; behind a proxy only the audience tells the name that callers know.</summary>
    /// <param name="origin">Scheme and host as the request had them.</param>
    public string MetadataUrl(string origin) => Public is { } known
        ? $"{known.GetLeftPart(UriPartial.Authority)}{MetadataPath}{known.AbsolutePath.TrimEnd('/')}"
        : $"{origin}{MetadataPath}{HttpOptions.Path}";

    /// <summary>Why the token does not count, or null when it does.</summary>
    public async Task<string?> FaultAsync(string token, CancellationToken cancellationToken)
    {
        var result = await ValidateAsync(token, MaxAge, cancellationToken);
        if (result?.Exception is SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException)
            result = await ValidateAsync(token, MinAge, cancellationToken);
        return result is null ? "the issuer's keys cannot be read now; try again later" : result.IsValid ? null : Word(result.Exception);
    }

    public void Dispose() => reading.Dispose();

    private Uri? Public => Uri.TryCreate(options.Audience, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" ? url : null;

    // Null without keys.
    private async Task<TokenValidationResult?> ValidateAsync(string token, TimeSpan maxAge, CancellationToken cancellationToken) =>
        await KeysAsync(maxAge, cancellationToken) is { Count: > 0 } known ? await handler.ValidateTokenAsync(token, Parameters(known)) : null;

    private TokenValidationParameters Parameters(IList<SecurityKey> known) => new()
    {
        ValidIssuer = options.Issuer,
        ValidAudience = options.Audience,
        IssuerSigningKeys = known,
        ValidAlgorithms = Algorithms,
        ValidateIssuerSigningKey = true,
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        ClockSkew = TimeSpan.FromMinutes(1),
        LifetimeValidator = (from, until, _, parameters) =>
        {
            // Absent times come as the first or last there is: no sum may go beyond those.
            var now = time.GetUtcNow().UtcDateTime;
            return until is { } end && end > now - parameters.ClockSkew && (from is not { } start || start <= now + parameters.ClockSkew);
        },
    };

    private async Task<IList<SecurityKey>> KeysAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        // Whoever has keys need not wait until another caller has read newer ones.
        var hasKeys = Volatile.Read(ref keys).Count > 0;
        if (!await reading.WaitAsync(hasKeys && maxAge == MaxAge ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, cancellationToken))
            return keys;
        try
        {
            if (askedAt is null || time.GetUtcNow() - askedAt > (hasKeys ? maxAge : MinAge))
            {
                askedAt = time.GetUtcNow();
                await RefreshAsync();
            }

            return keys;
        }
        finally
        {
            reading.Release();
        }
    }

    // No caller's token: the one that hangs up must not leave the others without keys.
    private async Task RefreshAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            keys = new JsonWebKeySet(await ReadAsync(patience.Token)).GetSigningKeys();
            readAt = time.GetUtcNow();
            if (keys.Count == 0)
                LogUnread(options.Keys, "there is none for signatures in it");
        }
        catch (Exception failure) when (
            failure is IOException or HttpRequestException or UnauthorizedAccessException or ArgumentException or System.Text.Json.JsonException or OperationCanceledException)
        {
            LogUnread(options.Keys, failure.Message);
            if (time.GetUtcNow() - readAt > Outage)
                keys = [];
        }
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(options.Keys, UriKind.Absolute, out var address) || address.IsFile)
            return await File.ReadAllTextAsync(options.Keys, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        await response.Content.LoadIntoBufferAsync(MaxKeyBytes, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    private static string Word(Exception? failure) => failure switch
    {
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException => "it has expired, or is not valid yet",
        SecurityTokenInvalidAudienceException => "it is meant for another audience",
        SecurityTokenInvalidIssuerException => "it comes from another issuer",
        SecurityTokenInvalidAlgorithmException => "its algorithm is not accepted",
        SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException => "its signature does not match the issuer's keys",
        SecurityTokenNoExpirationException => "it never expires",
        _ => "it is not a signed JSON Web Token",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The issuer's keys at {Place} could not be read: {Cause}")]
    private partial void LogUnread(string place, string cause);
}
