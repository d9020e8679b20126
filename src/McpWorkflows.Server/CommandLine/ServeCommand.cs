using System.CommandLine;
using McpWorkflows.Engine.ScriptProcesses;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Tools;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>serve</c>: the MCP server over stdio; also what happens without a command.</summary>
internal static class ServeCommand
{
    public static Command Create(SharedOptions shared)
    {
        var resume = new Option<bool>("--resume-interrupted") { Description = "Go on with runs that dead processes left behind." };
        var command = new Command("serve", "Serves MCP over stdio (the default command).") { shared.Model, shared.Workspace, resume };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            shared.Bench(parsed) with { ScriptProcesses = new ScriptProcessOptions(), Attends = true, ResumeInterrupted = parsed.GetValue(resume) }, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(WorkbenchOptions options, CancellationToken cancellationToken)
    {
        using var loggers = new StderrLoggerFactory();
        await using var workbench = new Workbench(options);
        try
        {
            await StdioServer.RunAsync(workbench, loggers, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // A signal, or the client went away in the middle of an answer: both are ordinary ends.
        }

        return ExitCodes.Completed;
    }
}
