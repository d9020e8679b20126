using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>A journal whose appends a test counts, delays or fails.</summary>
internal sealed class WatchedJournal(MemoryJournal inner) : IJournal
{
    private readonly List<IReadOnlyList<JournalEntry>> _appends = [];

    public MemoryJournal Inner { get; } = inner;

    /// <summary>Called before each append takes effect.</summary>
    public Func<IReadOnlyList<JournalEntry>, Task> BeforeAppend { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<IReadOnlyList<JournalEntry>> Appends
    {
        get
        {
            lock (_appends)
                return [.. _appends];
        }
    }

    public async Task AppendAsync(string runId, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
    {
        lock (_appends)
            _appends.Add(entries);
        await BeforeAppend(entries);
        await Inner.AppendAsync(runId, entries, cancellationToken);
    }

    public Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken) => Inner.CreateRunAsync(run, cancellationToken);

    public Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) => Inner.FindRunAsync(runId, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(int limit, CancellationToken cancellationToken) => Inner.ListRunsAsync(limit, cancellationToken);

    public Task<bool> TryLeaseAsync(string runId, CancellationToken cancellationToken) => Inner.TryLeaseAsync(runId, cancellationToken);

    public Task<IReadOnlyList<SettledItem>> ReadSettledAsync(string runId, CancellationToken cancellationToken) => Inner.ReadSettledAsync(runId, cancellationToken);

    public Task<IReadOnlyList<CallRecord>> ReadCallsAsync(string runId, CancellationToken cancellationToken) => Inner.ReadCallsAsync(runId, cancellationToken);

    public Task<IReadOnlyList<RunEvent>> ReadEventsAsync(string runId, long after, int limit, CancellationToken cancellationToken) => Inner.ReadEventsAsync(runId, after, limit, cancellationToken);

    public Task<IReadOnlyDictionary<string, string>> ReadSnapshotsAsync(string runId, CancellationToken cancellationToken) => Inner.ReadSnapshotsAsync(runId, cancellationToken);

    public Task<bool> RequestCancelAsync(string runId, CancellationToken cancellationToken) => Inner.RequestCancelAsync(runId, cancellationToken);

    public Task<IReadOnlyList<string>> ReadCancelRequestsAsync(CancellationToken cancellationToken) => Inner.ReadCancelRequestsAsync(cancellationToken);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
