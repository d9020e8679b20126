using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Journal;

namespace McpWorkflows.Engine.Tests.Journal;

public sealed class MemoryJournalTests : JournalContract
{
    private MemoryJournal? _first;

    protected override Task<IJournal> OpenAsync()
    {
        if (_first is not null)
            return Task.FromResult<IJournal>(_first.OpenAnother());

        _first = new MemoryJournal();
        return Task.FromResult<IJournal>(_first);
    }
}
