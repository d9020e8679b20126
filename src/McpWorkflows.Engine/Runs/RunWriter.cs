using System.Threading.Channels;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Gathers a run's journal entries and sends them in batches, without waiting: the mailbox is told when one is on
/// disk. Used by the run's actor only.
/// </summary>
internal sealed class RunWriter(IJournal journal, string runId, ChannelWriter<RunMessage> mailbox)
{
    private List<JournalEntry> _entries = [];

    /// <summary>The batch to which added entries belong.</summary>
    public CommitBatch Current { get; private set; } = new();

    /// <summary>A settlement waits to be sent.</summary>
    public bool Urgent { get; private set; }

    public bool HasEntries => _entries.Count > 0;

    public void Add(JournalEntry entry)
    {
        _entries.Add(entry);
        Urgent |= entry is ItemSettled;
    }

    public void Send()
    {
        if (_entries.Count > 0)
            _ = CommitAsync(Take(), Current);
        Current = new CommitBatch();
    }

    /// <summary>Sends what is left and waits for the disk; throws what the journal throws.</summary>
    public Task FinishAsync() => journal.AppendAsync(runId, Take(), CancellationToken.None);

    private List<JournalEntry> Take()
    {
        var entries = _entries;
        _entries = [];
        Urgent = false;
        return entries;
    }

    private async Task CommitAsync(List<JournalEntry> entries, CommitBatch batch)
    {
        try
        {
            await journal.AppendAsync(runId, entries, CancellationToken.None).ConfigureAwait(false);
            mailbox.TryWrite(new Committed(batch));
        }
        catch (Exception failure) // Whatever the journal throws, the run must hear of it and stop.
        {
            mailbox.TryWrite(new CommitFailed(failure));
        }
    }
}

/// <summary>Entries that are committed together.</summary>
internal sealed class CommitBatch
{
    /// <summary>Set and read by the run's actor.</summary>
    public bool OnDisk { get; set; }
}
