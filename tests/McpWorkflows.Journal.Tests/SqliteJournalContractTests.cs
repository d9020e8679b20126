using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Journal;

namespace McpWorkflows.Journal.Tests;

public sealed class SqliteJournalContractTests : JournalContract, IDisposable
{
    private readonly JournalFile file = new();

    public void Dispose() => file.Dispose();

    protected override async Task<IJournal> OpenAsync() => await file.OpenAsync();
}
