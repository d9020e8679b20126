using System.Security.Cryptography;
using McpWorkflows.Server.Http;
using McpWorkflows.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpWorkflows.Server.Tests.Http;

public class OAuthKeyTests
{
    private const string Issuer = "https://issuer.example";
    private const string Audience = "https://workflows.example/mcp";

    private static readonly RsaSecurityKey Old = new(RSA.Create(2048)) { KeyId = "old" };
    private static readonly RsaSecurityKey New = new(RSA.Create(2048)) { KeyId = "new" };

    private readonly ManualTime time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_FromTheIssuersAddress_AreReadOnceForManyTokens()
    {
        await using var issuer = await KeySetServer.StartAsync(Old);
        using var http = Client();
        using var oauth = Resource(issuer, http);

        for (var i = 0; i < 5; i++)
            Assert.Null(await oauth.FaultAsync(Token(Old), Cancellation));

        Assert.Equal(1, issuer.Asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keys_Rotated_TheNewOneCountsAtOnceAndTheOldOneNoMore(bool named)
    {
        await using var issuer = await KeySetServer.StartAsync(Old);
        using var http = Client();
        using var oauth = Resource(issuer, http);
        Assert.Null(await oauth.FaultAsync(Token(Old), Cancellation));

        issuer.Publish(New);
        time.Advance(TimeSpan.FromSeconds(31));
        var fresh = await oauth.FaultAsync(Token(New, named), Cancellation);
        var stale = await oauth.FaultAsync(Token(Old, named), Cancellation);

        Assert.Null(fresh);
        Assert.Contains("signature", stale);
    }

    [Fact]
    public async Task Keys_UnknownOnesShownOverAndOver_DoNotMakeTheServerAskTheIssuerEachTime()
    {
        await using var issuer = await KeySetServer.StartAsync(Old);
        using var http = Client();
        using var oauth = Resource(issuer, http);

        for (var i = 0; i < 50; i++)
            Assert.NotNull(await oauth.FaultAsync(Token(New), Cancellation));

        Assert.Equal(1, issuer.Asked);
    }

    [Fact]
    public async Task Keys_IssuerDown_ThoseLastReadCountForADay()
    {
        await using var issuer = await KeySetServer.StartAsync(Old);
        using var http = Client();
        using var oauth = Resource(issuer, http);
        Assert.Null(await oauth.FaultAsync(Token(Old), Cancellation));

        issuer.Answer = null;
        time.Advance(TimeSpan.FromHours(2));
        var meanwhile = await oauth.FaultAsync(Token(Old), Cancellation);
        time.Advance(TimeSpan.FromDays(1));
        var after = await oauth.FaultAsync(Token(Old), Cancellation);

        Assert.Null(meanwhile);
        Assert.Contains("cannot be read now", after);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}""")]
    [InlineData("oversized")]
    public async Task Keys_NoneToBeHad_TheTokenIsRefusedAndTheIssuerAskedAgainLater(string? answer)
    {
        await using var issuer = await KeySetServer.StartAsync();
        issuer.Answer = answer == "oversized" ? KeySetServer.Json(Old) + new string(' ', 1_000_000) : answer;
        using var http = Client();
        using var oauth = Resource(issuer, http);

        var first = await oauth.FaultAsync(Token(Old), Cancellation);
        var second = await oauth.FaultAsync(Token(Old), Cancellation);
        issuer.Publish(Old);
        time.Advance(TimeSpan.FromSeconds(31));
        var third = await oauth.FaultAsync(Token(Old), Cancellation);

        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.Null(third);
        Assert.Equal(2, issuer.Asked);
    }

    [Theory]
    [InlineData("https://workflows.example/mcp", "https://workflows.example/.well-known/oauth-protected-resource/mcp")]
    [InlineData("https://workflows.example", "https://workflows.example/.well-known/oauth-protected-resource")]
    [InlineData("api://workflows", "http://10.0.0.1:7420/.well-known/oauth-protected-resource/mcp")]
    public void MetadataUrl_OfAPublicAudience_HasItsNameWhateverTheProxySays(string audience, string expected)
    {
        using var http = Client();
        using var oauth = new OAuthResource(new OAuthOptions { Issuer = Issuer, Audience = audience, Keys = "none" }, http, time, NullLogger.Instance);

        Assert.Equal(expected, oauth.MetadataUrl("http://10.0.0.1:7420"));
    }

    private static HttpMessageInvoker Client() => new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    private OAuthResource Resource(KeySetServer issuer, HttpMessageInvoker http) =>
        new(new OAuthOptions { Issuer = Issuer, Audience = Audience, Keys = issuer.Url }, http, time, NullLogger.Instance);

    private string Token(RsaSecurityKey key, bool named = true) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Expires = time.GetUtcNow().UtcDateTime.AddMinutes(5),
            SigningCredentials = new SigningCredentials(named ? key : new RsaSecurityKey(key.Rsa), SecurityAlgorithms.RsaSha256),
        });
}
