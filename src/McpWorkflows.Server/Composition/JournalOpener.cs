using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;

namespace McpWorkflows.Server.Composition;

/// <summary>Opens the journal that the options name.</summary>
internal static class JournalOpener
{
    public static async Task<IJournal> OpenAsync(WorkbenchOptions options, CancellationToken cancellationToken) => options.InMemory
        ? new MemoryJournal()
        : await SqliteJournal.OpenAsync(new JournalOptions { Path = JournalPath.Resolve(options.Journal) }, cancellationToken);
}
