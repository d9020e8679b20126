using System.CommandLine;
using System.Globalization;
using McpWorkflows.Journal;
using McpWorkflows.Server.Background;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>background</c>: the server that <c>serve --detach</c> hands runs to.</summary>
internal static class BackgroundCommand
{
    private const string IdleVariable = "MCPWORKFLOWS_BACKGROUND_IDLE_SECONDS";

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    public static Command Create(SharedOptions shared)
    {
        var run = new Command("run", "Runs the background server in the foreground.") { Hidden = true };
        var resume = new Option<bool>("--resume-interrupted");
        run.Options.Add(resume);
        run.SetAction((parsed, cancellationToken) => RunAsync(JournalPath.Resolve(parsed.GetValue(shared.Journal)), parsed.GetValue(resume), cancellationToken));
        var status = new Command("status", "Says whether a background server runs for the journal.");
        status.SetAction((parsed, cancellationToken) => AskAsync(shared, parsed, Greeting.Status, cancellationToken));
        var stop = new Command("stop", "Ends the background server; its runs read interrupted and can be resumed.");
        stop.SetAction((parsed, cancellationToken) => AskAsync(shared, parsed, Greeting.Stop, cancellationToken));
        return new Command("background", "The server that serve --detach hands runs to, so that they survive their client.") { run, status, stop };
    }

    private static async Task<int> RunAsync(string journal, bool resumeInterrupted, CancellationToken cancellationToken)
    {
        SameUser.LeaveSession();
        using var loggers = new StderrLoggerFactory();
        await using var workbench = new Workbench(new WorkbenchOptions { Journal = journal, Workspace = FolderOf(journal), Dispatches = true }.ForServer(resumeInterrupted));
        var idle = double.TryParse(Environment.GetEnvironmentVariable(IdleVariable), CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : Idle;
        await new BackgroundServer(workbench, LocalEndpoint.For(journal), idle, TimeProvider.System, loggers).RunAsync(cancellationToken);
        return ExitCodes.Completed;
    }

    private static string FolderOf(string journal) =>
        JournalPath.IsServer(journal) ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) : Path.GetDirectoryName(journal)!;

    private static async Task<int> AskAsync(SharedOptions shared, ParseResult parsed, string command, CancellationToken cancellationToken)
    {
        var journal = JournalPath.Resolve(parsed.GetValue(shared.Journal));
        var endpoint = LocalEndpoint.For(journal);
        var client = new BackgroundClient(endpoint, journal, BackgroundPatience.Read(Environment.GetEnvironmentVariable), TimeProvider.System);
        var answer = endpoint.MayExist ? await client.AskAsync(command, cancellationToken) : null;
        if (parsed.GetValue(shared.Json))
            Console.Out.WriteLine(answer is null ? "{\"running\":false}" : System.Text.Json.JsonSerializer.Serialize(answer, GreetingJson.Default.GreetingAnswer).Replace("{", "{\"running\":true,", StringComparison.Ordinal));
        else
            Console.Out.WriteLine(answer is null ? "No background server answers for this journal." : Word(answer, command));
        return ExitCodes.Completed;
    }

    private static string Word(GreetingAnswer answer, string command) =>
        $"The background server {answer.Version} (process {answer.ProcessId}) {(command == Greeting.Stop ? "ends" : "runs")}: "
        + $"{answer.Connections} connected, {(answer.Busy ? "runs at work" : "no run at work")}.";
}
