using System.CommandLine;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>run --save NAME</c></summary>
internal sealed class SavedRun
{
    private readonly Option<string?> save = new("--save") { Description = "Keep the script as a saved workflow of this name, unless the run fails.", HelpName = "NAME" };

    private readonly SaveOptions options = new();

    public void AddTo(Command command)
    {
        command.Options.Add(save);
        options.AddTo(command);
    }

    /// <summary>Null without the option. What would stand in the way of saving is told before the run is paid for.</summary>
    public SaveWorkflow? Read(ParseResult parsed, Workbench workbench, string script)
    {
        if (parsed.GetValue(save) is not { } name)
        {
            if (options.AnyIn(parsed))
                throw new UsageException("--user and --force belong to --save NAME.");
            return null;
        }

        var request = options.Read(parsed, workbench, script, name);
        workbench.Shelf.Check(request);
        return request;
    }

    public static void Keep(Workbench workbench, SaveWorkflow? request, string runId, int exitCode)
    {
        if (request is null)
            return;
        if (exitCode is ExitCodes.Completed or ExitCodes.CompletedWithFailures or ExitCodes.NotEnded)
            SaveOptions.Tell(workbench, workbench.Shelf.Save(request));
        else
            Console.Error.WriteLine($"Not saved, since the run did not complete. To save it all the same: mcp-workflows save {runId} {request.Name}");
    }
}
