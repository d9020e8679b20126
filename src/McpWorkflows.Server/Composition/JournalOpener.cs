using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Server.Composition;

/// <summary>Opens the journal that the options name.</summary>
internal static class JournalOpener
{
    public static Task<IJournal> OpenAsync(WorkbenchOptions options, CancellationToken cancellationToken) =>
        Task.FromException<IJournal>(new JournalException($"{options.InMemory} {cancellationToken}"));
}
