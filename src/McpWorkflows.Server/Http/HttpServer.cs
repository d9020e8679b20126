using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;

namespace McpWorkflows.Server.Http;

/// <summary>Kestrel with one endpoint, and bounds on everything a stranger can make it hold.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(3);

    private readonly WebApplication app;
    private readonly AccessGuard guard;
    private readonly OAuthResource? oauth;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly McpEndpoint endpoint;
    private readonly RateLimiter rate;
    private readonly ConcurrencyLimiter concurrency;

    private readonly IHttpPage? page;

    private HttpServer(HttpOptions options, IHttpSurface surface, ILoggerFactory loggers, IHttpPage? page)
    {
        this.page = page;
        oauth = options.OAuth is null ? null : new OAuthResource(options.OAuth, http, TimeProvider.System);
        guard = new AccessGuard(options, oauth);
        endpoint = new McpEndpoint(surface, options, loggers);
        rate = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = 3 * options.RequestsPerSecond,
            TokensPerPeriod = Math.Max(1, options.RequestsPerSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
        });
        concurrency = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = options.MaxConcurrentRequests });
        app = Build(options, loggers);
        app.Run(HandleAsync);
    }

    /// <summary>Where the server listens, with the real port.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The page beside it, if there is one.</summary>
    public string PageUrl => Url[..^HttpOptions.Path.Length] + "/";

    /// <summary>Throws <see cref="UsageException"/> for options that would be unsafe and for an address in use.</summary>
    /// <param name="page">Served beside the endpoint; null for none.</param>
    public static async Task<HttpServer> StartAsync(
        HttpOptions options, IHttpSurface surface, ILoggerFactory loggers, CancellationToken cancellationToken, IHttpPage? page = null)
    {
        if (options.Problem() is { } problem)
            throw new UsageException(problem);
        var server = new HttpServer(options, surface, loggers, page);
        try
        {
            await server.app.StartAsync(cancellationToken);
        }
        catch (IOException failure)
        {
            await server.DisposeAsync();
            throw new UsageException($"{options.Address}:{options.Port} cannot be listened on ({failure.Message.TrimEnd('.')}). Choose another port with --port; 0 takes any free one.");
        }

        var addresses = server.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        server.Url = addresses.First() + HttpOptions.Path;
        return server;
    }

    public Task StopAsync() => app.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        rate.Dispose();
        concurrency.Dispose();
        oauth?.Dispose();
        http.Dispose();
    }

    private static WebApplication Build(HttpOptions options, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Goodbye);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = options.SendTimeout;
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
            kestrel.Listen(new IPEndPoint(options.Address, options.Port), listen => listen.Protocols = HttpProtocols.Http1);
        });
        return builder.Build();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var permit = rate.AttemptAcquire();
        using var place = concurrency.AttemptAcquire();
        if (!permit.IsAcquired || !place.IsAcquired)
        {
            context.Response.Headers.RetryAfter = "1";
            await Refusal.Request(StatusCodes.Status429TooManyRequests, "Too many requests at once. Wait a second and try again.").WriteAsync(context);
            return;
        }

        var path = context.Request.Path;
        if (oauth is not null && HttpMethods.IsGet(context.Request.Method) && path.StartsWithSegments(OAuthResource.MetadataPath))
        {
            var url = $"{context.Request.Scheme}://{context.Request.Host}{HttpOptions.Path}";
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(oauth.Metadata(url).ToJsonString(McpJsonUtilities.DefaultOptions), context.RequestAborted);
        }
        else if ((page?.IsPublic(path) == true ? guard.CheckCaller(context.Request) : await guard.CheckAsync(context, context.RequestAborted)) is { } refusal)
        {
            await refusal.WriteAsync(context);
        }
        else if (page?.Owns(path) == true)
        {
            await page.HandleAsync(context, app.Lifetime.ApplicationStopping);
        }
        else if (path != HttpOptions.Path)
        {
            await Refusal.Request(StatusCodes.Status404NotFound, $"There is nothing here; the endpoint is {HttpOptions.Path}.").WriteAsync(context);
        }
        else
        {
            await endpoint.HandleAsync(context, app.Lifetime.ApplicationStopping);
        }
    }
}
