using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>A journal whose appends a test counts, delays or fails.</summary>
internal sealed class WatchedJournal(MemoryJournal inner) : IJournal
{
    private readonly List<IReadOnlyList<JournalEntry>> _appends = [];

    public MemoryJournal Inner { get; } = inner;

    /// <summary>Called before each append takes effect.</summary>
    public Func<IReadOnlyList<JournalEntry>, Task> BeforeAppend { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called before the next lease is taken, and no more.</summary>
    public Func<Task>? BeforeLease { get; set; }

    /// <summary>Called once a lease is taken.</summary>
    public Func<Task>? AfterLease { get; set; }

    /// <summary>Called before each reading of what was settled.</summary>
    public Action BeforeRead { get; set; } = static () => { };

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
        cancellationToken.ThrowIfCancellationRequested();
        await BeforeAppend(entries);
        await Inner.AppendAsync(runId, entries, cancellationToken);
    }

    public Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken) => Inner.CreateRunAsync(run, cancellationToken);

    public Task CreateRunAsync(RunRecord run, IReadOnlyList<JournalEntry> first, CancellationToken cancellationToken) =>
        Inner.CreateRunAsync(run, first, cancellationToken);

    public Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) => Inner.FindRunAsync(runId, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(int limit, CancellationToken cancellationToken) => Inner.ListRunsAsync(limit, cancellationToken);

    public async Task<bool> TryLeaseAsync(string runId, CancellationToken cancellationToken)
    {
        var before = BeforeLease;
        BeforeLease = null;
        await (before?.Invoke() ?? Task.CompletedTask);
        var taken = await Inner.TryLeaseAsync(runId, cancellationToken);
        await (AfterLease?.Invoke() ?? Task.CompletedTask);
        return taken;
    }

    public async Task<IReadOnlyList<SettledItem>> ReadSettledAsync(string runId, CancellationToken cancellationToken)
    {
        BeforeRead();
        return await Inner.ReadSettledAsync(runId, cancellationToken);
    }

    public Task<IReadOnlyList<CallRecord>> ReadCallsAsync(string runId, CancellationToken cancellationToken) => Inner.ReadCallsAsync(runId, cancellationToken);

    public Task<IReadOnlyList<RunEvent>> ReadEventsAsync(string runId, long after, int limit, CancellationToken cancellationToken) => Inner.ReadEventsAsync(runId, after, limit, cancellationToken);

    public Task<IReadOnlyDictionary<string, string>> ReadSnapshotsAsync(string runId, CancellationToken cancellationToken) => Inner.ReadSnapshotsAsync(runId, cancellationToken);

    public Task<bool> OrderAsync(string runId, RunOrder order, CancellationToken cancellationToken) => Inner.OrderAsync(runId, order, cancellationToken);

    public Task<bool> RequestCancelAsync(string runId, CancellationToken cancellationToken) => Inner.RequestCancelAsync(runId, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> ListUnattendedAsync(CancellationToken cancellationToken) => Inner.ListUnattendedAsync(cancellationToken);

    public IAgentSlots ShareSlots(string pool, int width) => Inner.ShareSlots(pool, width);

    public Task<RunRequests> ReadRequestsAsync(CancellationToken cancellationToken) => Inner.ReadRequestsAsync(cancellationToken);

    public Task<IReadOnlyList<QuestionRecord>> ReadQuestionsAsync(string runId, CancellationToken cancellationToken) => Inner.ReadQuestionsAsync(runId, cancellationToken);

    public Task<bool> AnswerQuestionAsync(string runId, int number, string? answerJson, CancellationToken cancellationToken) =>
        Inner.AnswerQuestionAsync(runId, number, answerJson, cancellationToken);

    public Task<LessonBook> ReadLessonsAsync(string project, CancellationToken cancellationToken) => Inner.ReadLessonsAsync(project, cancellationToken);

    public Task<LessonBook> ChangeLessonsAsync(string project, Func<LessonBook, LessonBook> change, CancellationToken cancellationToken) =>
        Inner.ChangeLessonsAsync(project, change, cancellationToken);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
