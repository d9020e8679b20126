using System.CommandLine;
using System.Text;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Settings;

namespace McpWorkflows.Server.CommandLine;

/// <summary>The command line: parses, runs one command, and turns every end into an exit code and a sentence.</summary>
internal static class Commands
{
    public static async Task<int> RunAsync(string[] args)
    {
        // Results hold any letters; the code page of a Windows console does not.
        if (OperatingSystem.IsWindows())
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

        // Without the replacer, @FILE reaches --args as it is instead of being read as a response file.
        var root = Root();
        var parsed = root.Parse(WithDefault(args, root), new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Errors.Count > 0)
            return Refuse(parsed);
        using var interrupts = new Interrupts();
        try
        {
            // Ctrl-C is handled here, so that the first one leaves the run in a state to be resumed.
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                interrupts.Token);
        }
        catch (OperationCanceledException) when (interrupts.Token.IsCancellationRequested)
        {
            return ExitCodes.Cancelled;
        }
        catch (Exception exception)
        {
            // The boundary to the person at the terminal: a sentence and an exit code, never a stack trace.
            return Explain(exception);
        }
    }

    private static RootCommand Root()
    {
        var shared = new SharedOptions();
        var root = new RootCommand("Runs workflow scripts that fan a job out to many agents, from the command line or as an MCP server.")
        {
            shared.Journal,
            shared.Json,
            ServeCommand.Create(shared),
            RunCommand.Create(shared),
            ValidateCommand.Create(shared),
            RehearseCommand.Create(shared),
            RunsCommand.Create(shared),
            StatusCommand.Create(shared),
            ResumeCommand.Create(shared),
            PauseCommand.Create(shared),
            CancelCommand.Create(shared),
            WorkflowsCommand.Create(shared),
            SaveCommand.Create(shared),
            DreamCommand.Create(shared),
            LessonsCommand.Create(shared),
            PruneCommand.Create(shared),
            ExportCommand.Create(shared),
            ReportCommand.Create(shared),
            ImportCommand.Create(shared),
            BackgroundCommand.Create(shared),
            WorkerCommand.Create(shared),
            DashboardCommand.Create(shared),
            DoctorCommand.Create(shared),
        };
        return root;
    }

    // Options alone are those of the default command.
    private static string[] WithDefault(string[] args, RootCommand root)
    {
        var named = args.Any(arg => root.Subcommands.Any(command => command.Name == arg));
        var onlyOptions = args.Length == 0 || (args[0].StartsWith("--", StringComparison.Ordinal) && args[0] is not ("--help" or "--version"));
        return !named && onlyOptions ? ["serve", .. args] : args;
    }

    private static int Refuse(ParseResult parsed)
    {
        // Of a misspelt word the parser says several things; the word is the cause of all of them.
        if (parsed.UnmatchedTokens.Count > 0)
            Console.Error.WriteLine($"error: '{parsed.UnmatchedTokens[0]}' is no command or option here.");
        else
            parsed.Errors.ToList().ForEach(error => Console.Error.WriteLine($"error: {error.Message}"));
        var known = parsed.CommandResult.Command.Subcommands.Select(command => command.Name)
            .Concat(parsed.CommandResult.Command.Options.Select(option => option.Name));
        if (parsed.UnmatchedTokens.Count > 0 && NearestName.Find(parsed.UnmatchedTokens[0], known) is { } nearest)
            Console.Error.WriteLine($"Did you mean '{nearest}'?");
        Console.Error.WriteLine("Run mcp-workflows --help to see how it is used.");
        return ExitCodes.WrongUse;
    }

    private static int Explain(Exception exception)
    {
        if (UserMessage.Of(exception) is not { } message)
        {
            Console.Error.WriteLine($"error: unexpected {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCodes.Failed;
        }

        Console.Error.WriteLine($"error: {message}");
        if (exception is RunNotFoundException)
            Console.Error.WriteLine("mcp-workflows runs lists them.");
        if (exception is ModelNotConfiguredException)
            Console.Error.WriteLine("To rehearse the script now, free of charge: add --model rehearsal");
        return exception is UsageException or RunNotFoundException or RunNotResumableException or WorkflowNotFoundException or WorkflowNotSavedException or LessonException or ModelNotConfiguredException or SettingsException or PolicyRefusedException
            ? ExitCodes.WrongUse
            : ExitCodes.Failed;
    }
}
