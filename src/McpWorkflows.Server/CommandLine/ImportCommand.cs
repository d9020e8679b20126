using System.CommandLine;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Journal.Transfer;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>import FILE</c></summary>
internal static class ImportCommand
{
    public static Command Create(SharedOptions shared)
    {
        var file = new Argument<string>("FILE") { Description = "What export has written; - for the standard input." };
        var asNew = new Option<bool>("--as-new") { Description = "Under a new id, for a journal that has the run already." };
        var command = new Command("import", "Adds an exported run to the journal, to be looked at or gone on with.") { file, asNew };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var stream = Open(parsed.GetRequiredValue(file));
            await using var journal = await JournalOpener.OpenAsync(parsed.GetValue(shared.Journal), readsOnly: false, cancellationToken);
            var newId = parsed.GetValue(asNew) ? new RandomIdSource().NewRunId() : null;
            var run = await RunFile.ImportAsync(journal, stream, newId, cancellationToken);
            if (parsed.GetValue(shared.Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(ImportSummary.Of(run), ReportJson.Indented.ImportSummary));
            else
                Console.Out.WriteLine($"{run.Id}  {run.State.ToText()}  {run.Name}");
            if (run.State != RunState.Completed)
                Console.Error.WriteLine($"Go on with it: mcp-workflows resume {run.Id}");
            return ExitCodes.Completed;
        });
        return command;
    }

    private static Stream Open(string path)
    {
        try
        {
            return path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be read: {exception.Message}");
        }
    }
}
