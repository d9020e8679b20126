using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Surface;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Stdio;

/// <summary>Serves MCP until the client closes its end.</summary>
internal static class StdioServer
{
    public static async Task RunAsync(Workbench workbench, SurfaceOptions surface, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var transport = new LineTransport(Console.OpenStandardInput(), new BufferedStream(Console.OpenStandardOutput()), loggers);

        // The protocol has its stream; a stray write of anybody else must not end up in it.
        Console.SetOut(Console.Error);
        await ServeAsync(transport, new ServerSurface(workbench, surface, loggers.CreateLogger(ServerSurface.Name), TimeProvider.System), workbench, loggers, cancellationToken);
    }

    /// <summary>Over any transport that stays open.</summary>
    public static async Task ServeAsync(
        ITransport transport, ServerSurface surface, Workbench workbench, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        // When the client is gone nobody needs its waits: end them, and the process with them.
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = transport.MessageReader.Completion.ContinueWith(_ => session.CancelAsync(), TaskScheduler.Default);
        var connection = surface.Connect();
        await using var messages = new DiscoveryTransport(transport, connection.Options, loggers, session.Token);
        await using var server = McpServer.Create(messages, connection.Options, loggers);
        var serving = server.RunAsync(session.Token);
        var pushing = connection.PushAsync(server, session.Token);
        try
        {
            await serving;
        }
        finally
        {
            await session.CancelAsync();
            await pushing;
        }
    }
}
