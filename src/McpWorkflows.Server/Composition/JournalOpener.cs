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

        var journal = await OpenAsync(options.Journal, options.ReadsOnly, cancellationToken);
        foreach (var loss in journal.Losses)
            await Console.Error.WriteLineAsync($"warning: {loss.Message}");
        return journal;
    }

    /// <summary>For commands on the journal itself.</summary>
    /// <param name="chosen">What the command line says; null for nothing.</param>
    public static Task<DatabaseJournal> OpenAsync(string? chosen, bool readsOnly, CancellationToken cancellationToken) => DatabaseJournal.OpenAsync(
        new JournalOptions { Path = JournalPath.Resolve(chosen), AllowReadOnly = readsOnly, Report = static line => Console.Error.WriteLine($"warning: {line}") },
        cancellationToken);
}
