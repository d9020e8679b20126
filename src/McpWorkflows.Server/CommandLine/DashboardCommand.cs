using System.CommandLine;
using System.Diagnostics;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Dashboard;
using McpWorkflows.Server.Http;
using McpWorkflows.Server.Surface;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>dashboard</c></summary>
internal static class DashboardCommand
{
    private const int DefaultPort = 7421;

    public static Command Create(SharedOptions shared)
    {
        var port = new Option<int>("--port") { Description = $"Port on 127.0.0.1; 0 takes any free one. Default: {DefaultPort}.", HelpName = "N", DefaultValueFactory = _ => DefaultPort };
        var open = new Option<bool>("--open") { Description = "Open the page in the browser." };
        var command = new Command("dashboard", "Shows the runs of this journal on a page, those of other processes too.") { port, open, shared.Model, shared.Workspace };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(port) is not (>= 0 and <= 65_535))
                throw new UsageException($"--port: {parsed.GetValue(port)} is no port. Give 0 to 65535.");
            using var loggers = new StderrLoggerFactory();
            await using var workbench = new Workbench(shared.Bench(parsed).ForServer(resumeInterrupted: false));
            var surface = new ServerSurface(workbench, new SurfaceOptions(), loggers.CreateLogger(ServerSurface.Name), TimeProvider.System);
            await using var server = await HttpServer.StartAsync(
                new HttpOptions { Port = parsed.GetValue(port) }, surface, loggers, cancellationToken, DashboardPage.Of(workbench, readOnly: false, loggers));
            workbench.Warm();
            if (parsed.GetValue(shared.Json))
                Console.Out.WriteLine($"{{\"url\":\"{server.PageUrl}\"}}");
            else
                Console.Error.WriteLine($"The runs are shown on {server.PageUrl} Ctrl-C ends it.");
            if (parsed.GetValue(open))
                Open(server.PageUrl);
            await ChangeFeed.UntilAsync(cancellationToken);
            return ExitCodes.Completed;
        });
        return command;
    }

    private static void Open(string url)
    {
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(url) { UseShellExecute = true });
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            Console.Error.WriteLine($"There is no browser to be opened from here. Open {url} yourself.");
        }
    }
}
