using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
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
        "unsigned" => Make(null, Issuer, Audience, 5),
        _ => kind,
    };

    private static HttpOptions Options(TempFolder folder)
    {
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(Key.Rsa.ExportParameters(false)) { KeyId = "one" });
        var keys = folder.Write("keys.json", JsonSerializer.Serialize(new { keys = new[] { new { kty = jwk.Kty, n = jwk.N, e = jwk.E, kid = jwk.Kid, use = "sig" } } }));
        return new HttpOptions { OAuth = new OAuthOptions { Issuer = Issuer, Audience = Audience, Keys = keys } };
    }

    private static string Sign(RsaSecurityKey key, string issuer = Issuer, string audience = Audience, int minutes = 5) =>
        Make(new SigningCredentials(key, SecurityAlgorithms.RsaSha256), issuer, audience, minutes);

    // The public key as a shared secret: the classic confusion of algorithms.
    private static string Shared() => Make(
        new SigningCredentials(new SymmetricSecurityKey(Key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = "one" }, SecurityAlgorithms.HmacSha256), Issuer, Audience, 5);

    private static string Make(SigningCredentials? credentials, string issuer, string audience, int minutes) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Expires = DateTime.UtcNow.AddMinutes(minutes),
            SigningCredentials = credentials,
        });
}
