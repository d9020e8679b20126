using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace McpWorkflows.Server.Tests.Http;

/// <summary>An issuer's address for its keys, on 127.0.0.1.</summary>
internal sealed class KeySetServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private int asked;

    private KeySetServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public string Url => $"{app.Urls.First()}/keys";

    /// <summary>What is answered with 200; null answers 503.</summary>
    public string? Answer { get; set; }

    public int Asked => Volatile.Read(ref asked);

    public static async Task<KeySetServer> StartAsync(params RsaSecurityKey[] keys)
    {
        var server = new KeySetServer();
        await server.app.StartAsync(TestContext.Current.CancellationToken);
        server.Publish(keys);
        return server;
    }

    public void Publish(params RsaSecurityKey[] keys) => Answer = Json(keys);

    /// <summary>The public halves as a JSON Web Key Set.</summary>
    public static string Json(params RsaSecurityKey[] keys) => JsonSerializer.Serialize(new
    {
        keys = keys
            .Select(key => JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(key.Rsa.ExportParameters(false)) { KeyId = key.KeyId }))
            .Select(jwk => new { kty = jwk.Kty, n = jwk.N, e = jwk.E, kid = jwk.Kid, use = "sig" }),
    });

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref asked);
        if (Answer is { } answer)
            return context.Response.WriteAsync(answer);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }
}
