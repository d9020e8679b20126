using System.Threading.Channels;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Gathers a run's journal entries and sends them in batches, without waiting: the mailbox is told when one is on
/// disk. Used by the run's actor only.
/// </summary>
internal sealed class RunWriter(IJournal journal, string runId, TimeProvider time, ChannelWriter<RunMessage> mailbox) : IDisposable
{
    /// <summary>Events alone wait this long for an outcome to share a commit with.</summary>
    private static readonly TimeSpan EventDelay = TimeSpan.FromMilliseconds(200);

    private readonly SortedDictionary<int, IReadOnlyList<JournalEntry>> _failed = [];
    private List<JournalEntry> _entries = [];
    private int _batches;
    private int _underWay;
    private ITimer? _timer;
    private bool _armed;
    private volatile bool _delayOver;
    private bool _isUrgent;

    /// <summary>The batch to which added entries belong.</summary>
    public CommitBatch Current { get; private set; } = new(0);

    /// <summary>Batches were sent of which the mailbox has not told yet.</summary>
    public bool IsUnderWay => _underWay > 0;

    public void Add(JournalEntry entry)
    {
        _entries.Add(entry);
        _isUrgent |= entry is ItemSettled or QuestionOpened or RunChanged;
    }

    /// <summary>Sends what the script or a person waits for at once, and what else there is along with it or after a while.</summary>
    public void SendDue()
    {
        if (_entries.Count == 0)
            return;

        if (!_isUrgent && !_delayOver)
        {
            Arm();
            return;
        }

        _underWay++;
        _ = CommitAsync(Take(), Current);
        Current = new CommitBatch(++_batches);
    }

    public void Committed(CommitBatch batch)
    {
        _underWay--;
        batch.Done();
    }

    /// <summary>Keeps what was paid for, to be tried once more with the end.</summary>
    public void Failed(CommitBatch batch, IReadOnlyList<JournalEntry> entries)
    {
        _underWay--;
        _failed[batch.Number] = entries;
    }

    /// <summary>Sends what is left and waits for the disk; throws what the journal throws.</summary>
    public Task FinishAsync() =>
        journal.AppendAsync(runId, [.. _failed.Values.SelectMany(entries => entries), .. Take()], CancellationToken.None);

    public void Dispose() => _timer?.Dispose();

    private List<JournalEntry> Take()
    {
        var entries = _entries;
        _entries = [];
        _isUrgent = false;
        _delayOver = false;
        _armed = false;
        return entries;
    }

    private void Arm()
    {
        if (_armed)
            return;

        _armed = true;
        _timer ??= time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(EventDelay, Timeout.InfiniteTimeSpan);
    }

    private void Wake()
    {
        _delayOver = true;
        mailbox.TryWrite(Woken.Message);
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
            mailbox.TryWrite(new CommitFailed(batch, entries, failure));
        }
    }
}

/// <summary>Entries that are committed together.</summary>
internal sealed class CommitBatch(int number)
{
    private readonly List<TaskCompletionSource> _waiting = [];

    /// <summary>In the order of sending.</summary>
    public int Number { get; } = number;

    /// <summary>Read by the run's actor.</summary>
    public bool OnDisk { get; private set; }

    /// <summary>Completes the source when the batch is on disk.</summary>
    public void Tell(TaskCompletionSource source) => _waiting.Add(source);

    /// <summary>Called by the run's actor.</summary>
    public void Done()
    {
        OnDisk = true;
        _waiting.ForEach(static source => source.TrySetResult());
        _waiting.Clear();
    }
}
