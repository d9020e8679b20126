using System.CommandLine;
using McpWorkflows.Engine.ScriptProcesses;
using McpWorkflows.Server.Composition;
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
        surface.AddTo(command);
        http.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            shared.Bench(parsed) with { ScriptProcesses = new ScriptProcessOptions(), Attends = true, ResumeInterrupted = parsed.GetValue(resume) },
            surface.Read(parsed),
            http.Read(parsed),
            parsed.GetValue(shared.Json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        WorkbenchOptions options, SurfaceOptions surface, HttpOptions? http, bool json, CancellationToken cancellationToken)
    {
        using var loggers = new StderrLoggerFactory();
        await using var workbench = new Workbench(options);
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

    private static async Task ServeHttpAsync(
        Workbench workbench, SurfaceOptions surface, HttpOptions http, bool json, StderrLoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var server = await HttpServer.StartAsync(
            http, new ServerSurface(workbench, surface, loggers.CreateLogger(ServerSurface.Name), TimeProvider.System), loggers, cancellationToken);
        workbench.Warm();
        if (json)
            Console.Out.WriteLine($"{{\"url\":\"{server.Url}\"}}");
        else
            Console.Error.WriteLine($"Serving MCP on {server.Url}{(http.Token is null && http.OAuth is null ? "" : " for callers with a token")}. Ctrl-C ends it.");
        await ChangeFeed.UntilAsync(cancellationToken);
    }
}
