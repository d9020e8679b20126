using McpWorkflows.Server.Composition;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tools;

/// <summary>Serves MCP until the client closes its end.</summary>
internal static class StdioServer
{
    public const string Name = "mcp-workflows";

    public static async Task RunAsync(Workbench workbench, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var options = Options(workbench, loggers.CreateLogger(Name), TimeProvider.System);
        await using var transport = new StdioServerTransport(options, loggers);

        // The protocol has its stream; a stray write of anybody else must not end up in it.
        Console.SetOut(Console.Error);
        await ServeAsync(transport, options, workbench, loggers, cancellationToken);
    }

    /// <summary>Over any transport.</summary>
    public static async Task ServeAsync(
        ITransport transport, McpServerOptions options, Workbench workbench, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        // When the client is gone nobody needs its waits: end them, and the process with them.
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = transport.MessageReader.Completion.ContinueWith(_ => session.CancelAsync(), TaskScheduler.Default);
        await using var server = McpServer.Create(transport, options, loggers);
        var serving = server.RunAsync(session.Token);
        workbench.Warm();
        await serving;
    }

    public static McpServerOptions Options(Workbench workbench, ILogger logger, TimeProvider time)
    {
        var watch = new RunWatch(time);
        return new McpServerOptions
        {
            ServerInfo = new Implementation { Name = Name, Title = "MCP Workflows", Version = ProductVersion.Text },
            ServerInstructions = ToolDefinition.Instructions(),
            ToolCollection =
            [
                new StartWorkflowTool(workbench, watch, logger),
                new GetStatusTool(workbench, watch, logger),
                new ResumeTool(workbench, watch, logger),
                new CancelWorkflowTool(workbench, logger),
                new ListWorkflowsTool(workbench, logger),
            ],
        };
    }
}
