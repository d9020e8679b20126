namespace McpWorkflows.Agents.Connections;

/// <summary>Connections to model servers.</summary>
internal static class HttpConnections
{
    public static SocketsHttpHandler Create(int most) => new()
    {
        MaxConnectionsPerServer = most,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        // Long runs must notice that a name resolves elsewhere now.
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
        ConnectTimeout = TimeSpan.FromSeconds(15),
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    };
}
