using System.CommandLine;
using McpWorkflows.Journal;
using McpWorkflows.Server.Background;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Dashboard;
using McpWorkflows.Server.Http;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tools;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>serve</c>: the MCP server over stdio or HTTP; also what happens without a command.</summary>
internal static class ServeCommand
{
    public static Command Create(SharedOptions shared)
    {
        var resume = new Option<bool>("--resume-interrupted") { Description = "Go on with runs that dead processes left behind." };
        var surface = new SurfaceArguments();
        var http = new HttpArguments();
        var command = new Command("serve", "Serves MCP over stdio (the default command), or over HTTP with --http.") { shared.Model, shared.Workspace, resume };
        var detach = new Option<bool?>("--detach")
        {
            Description = "Hand runs to a background server, so that they survive the client's exit; also MCPWORKFLOWS_DETACH=1. With false, never.",
        };
        command.Options.Add(detach);
        surface.AddTo(command);
        http.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            shared.Bench(parsed).ForServer(parsed.GetValue(resume)),
            surface.Read(parsed),
            http.Read(parsed),
            parsed.GetValue(detach) ?? DetachByDefault(),
            parsed.GetValue(shared.Json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        WorkbenchOptions options, SurfaceOptions surface, HttpOptions? http, bool? detach, bool json, CancellationToken cancellationToken)
    {
        if (http is not null && detach is true)
            throw new UsageException("--detach is for stdio: a server over HTTP keeps its runs as long as it lives. Leave one of the two out.");
        if (http is null && detach is not false)
        {
            var journal = JournalPath.Resolve(options.Journal);
            var endpoint = LocalEndpoint.For(journal);
            if (detach is true || endpoint.MayExist)
            {
                var client = new BackgroundClient(endpoint, journal, TimeProvider.System, options.ResumeInterrupted);
                if (detach is true || await client.AskAsync(Greeting.Status, cancellationToken) is not null)
                    return await RelayAsync(client, options, surface, cancellationToken);
            }
        }

        using var loggers = new StderrLoggerFactory();
        await using var workbench = new Workbench(options);

        // Beside the protocol's own start, not after it: the first run then finds its process and its journal open.
        workbench.Warm();
        try
        {
            if (http is null)
                await StdioServer.RunAsync(workbench, surface, loggers, cancellationToken);
            else
                await ServeHttpAsync(workbench, surface, http, json, loggers, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // A signal, or the client went away in the middle of an answer: both are ordinary ends.
        }

        return ExitCodes.Completed;
    }

    // True or false as the environment says; null leaves it to whether such a server runs already.
    private static bool? DetachByDefault() => Environment.GetEnvironmentVariable("MCPWORKFLOWS_DETACH")?.ToLowerInvariant() switch
    {
        "1" or "true" or "on" => true,
        "0" or "false" or "off" => false,
        _ => null,
    };

    private static async Task<int> RelayAsync(BackgroundClient client, WorkbenchOptions options, SurfaceOptions surface, CancellationToken cancellationToken)
    {
        await using var server = await client.ConnectAsync(options.Workspace, options.Model, surface, cancellationToken);
        try
        {
            if (await BackgroundClient.RelayAsync(server, Console.OpenStandardInput(), Console.OpenStandardOutput(), cancellationToken))
                return ExitCodes.Completed;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Completed;
        }

        Console.Error.WriteLine("error: the background server went away. Its runs read interrupted; start this server again and resume them.");
        return ExitCodes.Failed;
    }

    private static async Task ServeHttpAsync(
        Workbench workbench, SurfaceOptions surface, HttpOptions http, bool json, StderrLoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var server = await HttpServer.StartAsync(
            http, new ServerSurface(workbench, surface, loggers.CreateLogger(ServerSurface.Name), TimeProvider.System), loggers, cancellationToken,
            DashboardPage.Of(workbench, surface.ReadOnly, loggers));
        if (json)
            Console.Out.WriteLine($"{{\"url\":\"{server.Url}\"}}");
        else
            Console.Error.WriteLine($"Serving MCP on {server.Url}{(http.Token is null && http.OAuth is null ? "" : " for callers with a token")}. The runs are shown on {server.PageUrl} Ctrl-C ends it.");
        await ChangeFeed.UntilAsync(cancellationToken);
    }
}
