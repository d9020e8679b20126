using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;

namespace McpWorkflows.Server.Composition;

/// <summary>Opens the journal that the options name.</summary>
internal static class JournalOpener
{
    public static async Task<IJournal> OpenAsync(WorkbenchOptions options, CancellationToken cancellationToken)
    {
        if (options.InMemory)
            return new MemoryJournal();

        var journal = await SqliteJournal.OpenAsync(
            new JournalOptions { Path = JournalPath.Resolve(options.Journal), AllowReadOnly = options.ReadsOnly }, cancellationToken);
        foreach (var loss in journal.Losses)
            await Console.Error.WriteLineAsync($"warning: {loss.Message}");
        return journal;
    }
}
