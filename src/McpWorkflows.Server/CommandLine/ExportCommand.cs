using System.CommandLine;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Journal.Transfer;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>export ID</c></summary>
internal static class ExportCommand
{
    public static Command Create(SharedOptions shared)
    {
        var id = new Argument<string>("ID") { Description = "The run's id, as runs lists it." };
        var file = new Option<string?>("--out") { Description = "The file to write; else the standard output.", HelpName = "FILE" };
        var command = new Command("export", "Writes a run with all that the journal holds of it, for import on another machine.") { id, file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var runId = parsed.GetRequiredValue(id);
            await using var journal = await JournalOpener.OpenAsync(parsed.GetValue(shared.Journal), readsOnly: true, cancellationToken);
            if (await journal.FindRunAsync(runId, cancellationToken) is null)
                throw new RunNotFoundException(runId);

            if (parsed.GetValue(file) is { } path)
            {
                await WriteAsync(path, stream => RunFile.ExportAsync(journal, runId, stream, DateTimeOffset.UtcNow, cancellationToken));
                Console.Error.WriteLine($"Run {runId} is in {path}. Go on with it elsewhere: mcp-workflows import {path}");
            }
            else
            {
                await using var output = new BufferedStream(Console.OpenStandardOutput(), 65_536);
                await RunFile.ExportAsync(journal, runId, output, DateTimeOffset.UtcNow, cancellationToken);
            }

            return ExitCodes.Completed;
        });
        return command;
    }

    /// <summary>Under another name until it is whole, so that no half of a run is taken for one.</summary>
    private static async Task WriteAsync(string path, Func<Stream, Task> writeAsync)
    {
        var unfinished = path + ".part";
        try
        {
            await using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 65_536))
            {
                await writeAsync(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be written: {exception.Message} Choose another --out.");
        }
    }
}
