using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpWorkflows.Server.Http;

/// <summary>
/// An OAuth 2.1 resource server: checks signed access tokens (RFC 9068) against the issuer's keys, and says who issues
/// them (RFC 9728). Keys are read again every ten minutes, and when a token names one that is not known.
/// </summary>
internal sealed class OAuthResource(OAuthOptions options, HttpMessageInvoker http, TimeProvider time) : IDisposable
{
    public const string MetadataPath = "/.well-known/oauth-protected-resource";

    private const int MaxKeyBytes = 256 * 1024;

    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MinAge = TimeSpan.FromSeconds(30);

    // Asymmetric ones only: with a shared key, whoever can check a token could also make one.
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private readonly JsonWebTokenHandler handler = new();
    private readonly SemaphoreSlim reading = new(1, 1);
    private IList<SecurityKey> keys = [];
    private DateTimeOffset? readAt;

    public JsonObject Metadata(string url) => new()
    {
        ["resource"] = Uri.TryCreate(options.Audience, UriKind.Absolute, out _) ? options.Audience : url,
        ["authorization_servers"] = new JsonArray(options.Issuer),
        ["bearer_methods_supported"] = new JsonArray("header"),
    };

    /// <summary>Why the token does not count, or null when it does.</summary>
    public async Task<string?> FaultAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            var known = await KeysAsync(MaxAge, cancellationToken);
            var result = await handler.ValidateTokenAsync(token, Parameters(known));
            if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
                result = await handler.ValidateTokenAsync(token, Parameters(await KeysAsync(MinAge, cancellationToken)));
            return result.IsValid ? null : Word(result.Exception);
        }
        catch (Exception failure) when (
            failure is IOException or HttpRequestException or UnauthorizedAccessException or ArgumentException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return "the issuer's keys cannot be read now; try again later";
        }
    }

    public void Dispose() => reading.Dispose();

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
            until is { } end && end + parameters.ClockSkew > time.GetUtcNow().UtcDateTime
            && (from is not { } start || start - parameters.ClockSkew <= time.GetUtcNow().UtcDateTime),
    };

    private async Task<IList<SecurityKey>> KeysAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        await reading.WaitAsync(cancellationToken);
        try
        {
            if (readAt is null || time.GetUtcNow() - readAt > maxAge)
            {
                keys = new JsonWebKeySet(await ReadAsync(cancellationToken)).GetSigningKeys();
                readAt = time.GetUtcNow();
            }

            return keys;
        }
        finally
        {
            reading.Release();
        }
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(options.Keys, UriKind.Absolute, out var address) || address.IsFile)
            return await File.ReadAllTextAsync(options.Keys, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await http.SendAsync(request, patience.Token);
        response.EnsureSuccessStatusCode();
        await response.Content.LoadIntoBufferAsync(MaxKeyBytes, patience.Token);
        return await response.Content.ReadAsStringAsync(patience.Token);
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
}
