using System.CommandLine;
using McpWorkflows.Journal;
using McpWorkflows.Server.Background;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Dashboard;
using McpWorkflows.Server.Http;
using McpWorkflows.Server.Settings;
using McpWorkflows.Server.Stdio;
using McpWorkflows.Server.Surface;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>serve</c>: the MCP server over stdio or HTTP; also what happens without a command.</summary>
internal static class ServeCommand
{
    public static Command Create(SharedOptions shared)
    {
        var resume = new Option<bool>("--resume-interrupted") { Description = "Go on with runs that dead processes left behind." };
        var surface = new SurfaceArguments();
        var http = new HttpArguments();
        var command = new Command("serve", "Serves MCP over stdio (the default command), or over HTTP with --http.") { shared.Model, shared.Workspace, shared.Dispatch, resume };
        var detach = new Option<bool?>("--detach")
        {
            Description = "Hand runs to a background server, so that they survive the client's exit; also MCPWORKFLOWS_DETACH=1 and the setting \"detach\". With false, never.",
        };
        command.Options.Add(detach);
        surface.AddTo(command);
        http.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = UserSettings();
            var overHttp = http.Read(parsed);
            var asked = parsed.GetValue(detach) ?? SurfaceArguments.Switch("MCPWORKFLOWS_DETACH");
            if (overHttp is not null && asked is true)
                throw new UsageException("--detach is for stdio: a server over HTTP keeps its runs as long as it lives. Leave one of the two out.");
            if (asked is true && parsed.GetValue(shared.Dispatch) is not null)
                throw new UsageException($"--detach hands runs to a server that others may have started: say where its agents run with {DispatchAddress.Variable} or the setting \"dispatch\", not with --dispatch.");
            return RunAsync(
                shared.DispatchingBench(parsed).ForServer(parsed.GetValue(resume)),
                surface.Read(parsed, settings.Tasks),
                overHttp,
                parsed.GetValue(shared.Dispatch) is null ? asked ?? settings.Detach : false,
                parsed.GetValue(shared.Json),
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        WorkbenchOptions options, SurfaceOptions surface, HttpOptions? http, bool? detach, bool json, CancellationToken cancellationToken)
    {
        if (http is null && detach is not false)
        {
            var journal = JournalPath.Resolve(options.Journal);
            var endpoint = LocalEndpoint.For(journal);
            if (detach is true || endpoint.MayExist)
            {
                var client = new BackgroundClient(
                    endpoint, journal, BackgroundPatience.Read(Environment.GetEnvironmentVariable), TimeProvider.System, options.ResumeInterrupted);
                if ((detach is true || await client.AnswersSoonAsync(cancellationToken))
                    && await client.ConnectAsync(options.Workspace, options.Model, surface, isRequired: detach is true, cancellationToken) is { } server)
                    return await RelayAsync(server, cancellationToken);
            }
        }

        using var loggers = new StderrLoggerFactory();
        await using var workbench = new Workbench(options);
        Console.Error.WriteLine($"Agents run on {AgentHosts.Description}.");

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

    // A file that cannot be read is no reason not to start: whoever starts a run is told.
    private static ProductSettings UserSettings()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        try
        {
            return SettingsReader.Read(home, workspace: home);
        }
        catch (SettingsException)
        {
            return new ProductSettings();
        }
    }

    private static async Task<int> RelayAsync(Stream server, CancellationToken cancellationToken)
    {
        await using var connection = server;
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
        if (!http.IsLoopback)
            Console.Error.WriteLine("warning: whoever can read the network reads tokens and results. Put a proxy with TLS in front, and name it with --allow-host.");
        await ChangeFeed.UntilAsync(cancellationToken);
    }
}
