using McpWorkflows.Server.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpWorkflows.Server.Tests.Conformance;

/// <summary>The fixtures behind the product's HTTP server, on a free port.</summary>
internal static class FixtureHost
{
    public static Task<HttpServer> StartAsync() => HttpServer.StartAsync(
        new HttpOptions { Port = 0 }, new FixtureSurface(), NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
}
