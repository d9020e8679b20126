using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using McpWorkflows.Server.Http;
using McpWorkflows.Server.Tests.Processes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpWorkflows.Server.Tests.Http;

public class OAuthTests
{
    private const string Issuer = "https://issuer.example";
    private const string Audience = "https://workflows.example/mcp";

    private static readonly RsaSecurityKey Key = new(RSA.Create(2048)) { KeyId = "one" };
    private static readonly RsaSecurityKey Other = new(RSA.Create(2048)) { KeyId = "one" };

    [Theory]
    [InlineData("good", HttpStatusCode.OK, "")]
    [InlineData("other audience", HttpStatusCode.Unauthorized, "another audience")]
    [InlineData("other issuer", HttpStatusCode.Unauthorized, "another issuer")]
    [InlineData("expired", HttpStatusCode.Unauthorized, "expired")]
    [InlineData("other key", HttpStatusCode.Unauthorized, "signature")]
    [InlineData("shared key", HttpStatusCode.Unauthorized, "not valid")]
    [InlineData("never expires", HttpStatusCode.Unauthorized, "expire")]
    [InlineData("not yet", HttpStatusCode.Unauthorized, "not valid yet")]
    [InlineData("no algorithm", HttpStatusCode.Unauthorized, "signature")]
    [InlineData("tampered", HttpStatusCode.Unauthorized, "signature")]
    [InlineData("own key inside", HttpStatusCode.Unauthorized, "signature")]
    [InlineData("unsigned", HttpStatusCode.Unauthorized, "not valid")]
    [InlineData("rubbish", HttpStatusCode.Unauthorized, "not a signed")]
    public async Task AccessToken_Shown_IsCheckedAgainstTheIssuersKeys(string kind, HttpStatusCode expected, string message)
    {
        using var folder = new TempFolder();
        await using var bench = await HttpBench.StartAsync(options: Options(folder));
        var request = bench.Request("tools/list");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token(kind));

        using var response = await bench.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.True(expected == response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        if (expected != HttpStatusCode.OK)
        {
            Assert.Contains(message, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Contains("resource_metadata=", response.Headers.WwwAuthenticate.Single().Parameter);
        }
    }

    [Fact]
    public async Task Metadata_WithoutToken_NamesTheIssuer()
    {
        using var folder = new TempFolder();
        await using var bench = await HttpBench.StartAsync(options: Options(folder));

        var json = await bench.Http.GetStringAsync(
            new Uri(bench.Url, OAuthResource.MetadataPath + HttpOptions.Path), TestContext.Current.CancellationToken);

        var metadata = JsonNode.Parse(json)!;
        Assert.Equal(Audience, (string?)metadata["resource"]);
        Assert.Equal(Issuer, (string?)metadata["authorization_servers"]![0]);
    }

    private static string Token(string kind) => kind switch
    {
        "good" => Sign(Key),
        "other audience" => Sign(Key, audience: "https://other.example"),
        "other issuer" => Sign(Key, issuer: "https://evil.example"),
        "expired" => Sign(Key, minutes: -5),
        "other key" => Sign(Other),
        "shared key" => Shared(),
        "never expires" => Make(new SigningCredentials(Key, SecurityAlgorithms.RsaSha256), Issuer, Audience, null),
        "not yet" => Sign(Key, minutes: 20, from: 10),
        "no algorithm" => $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"at+jwt"}""")}.{Sign(Key).Split('.')[1]}.",
        "tampered" => Tampered(),
        "own key inside" => OwnKey(),
        "unsigned" => Make(null, Issuer, Audience, 5),
        _ => kind,
    };

    private static HttpOptions Options(TempFolder folder)
    {
        var keys = folder.Write("keys.json", KeySetServer.Json(Key));
        return new HttpOptions { OAuth = new OAuthOptions { Issuer = Issuer, Audience = Audience, Keys = keys } };
    }

    private static string Sign(RsaSecurityKey key, string issuer = Issuer, string audience = Audience, int minutes = 5, int? from = null) =>
        Make(new SigningCredentials(key, SecurityAlgorithms.RsaSha256), issuer, audience, minutes, from);

    private static string Tampered()
    {
        var parts = Sign(Key).Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]).Replace("\"exp\":", "\"admin\":true,\"exp\":", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}";
    }

    // A token that brings the key to check it with.
    private static string OwnKey()
    {
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(Other.Rsa.ExportParameters(false)));
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Expires = DateTime.UtcNow.AddMinutes(5),
            SigningCredentials = new SigningCredentials(Other, SecurityAlgorithms.RsaSha256),
            AdditionalHeaderClaims = new Dictionary<string, object> { ["jwk"] = new Dictionary<string, object> { ["kty"] = "RSA", ["n"] = jwk.N, ["e"] = jwk.E } },
        });
    }

    // The public key as a shared secret: the classic confusion of algorithms.
    private static string Shared() => Make(
        new SigningCredentials(new SymmetricSecurityKey(Key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = "one" }, SecurityAlgorithms.HmacSha256), Issuer, Audience, 5);

    private static string Make(SigningCredentials? credentials, string issuer, string audience, int? minutes, int? from = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = from is { } start ? DateTime.UtcNow.AddMinutes(start) : null,
            Expires = minutes is { } end ? DateTime.UtcNow.AddMinutes(end) : null,
            SigningCredentials = credentials,
        });
}
