using McpWorkflows.Engine.Lessons;

namespace McpWorkflows.Engine.Journal;

/// <summary>
/// A journal that lives as long as the process: for rehearsals and tests. Each instance is an owner of its own, as a
/// process would be; <see cref="OpenAnother"/> gives a further owner of the same runs, and disposing one is its death.
/// </summary>
public sealed class MemoryJournal : IJournal
{
    private readonly MemoryStore _store;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, int> _epochs = [];
    private bool _dead;

    /// <param name="time">Stamps answers, and the end of runs that are cancelled without an owner; the system's unless given.</param>
    public MemoryJournal(TimeProvider? time = null)
        : this(new MemoryStore(), time ?? TimeProvider.System)
    {
    }

    private MemoryJournal(MemoryStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
    }

    /// <summary>The same runs, seen by another owner.</summary>
    public MemoryJournal OpenAnother() => new(_store, _time);

    public Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken) => CreateRunAsync(run, [], cancellationToken);

    public Task CreateRunAsync(RunRecord run, IReadOnlyList<JournalEntry> first, CancellationToken cancellationToken) => Locked(() =>
    {
        if (_store.Runs.ContainsKey(run.Id))
            throw new JournalException($"There is already a run '{run.Id}'. Use another id.");

        var stored = new MemoryRun(run, _store.Runs.Count);
        Lease(stored);
        foreach (var entry in first)
            stored.Apply(entry);
        _store.Runs.Add(run.Id, stored);
        return true;
    });

    public Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken) =>
        Locked(() => _store.Runs.TryGetValue(runId, out var run) ? run.Read() : null);

    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(int limit, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<RunRecord>>(() => [.. _store.Runs.Values
            .OrderByDescending(run => run.Record.CreatedAt).ThenByDescending(run => run.Order)
            .Take(limit).Select(run => run.Read())]);

    public Task<IReadOnlyList<RunRecord>> ListUnattendedAsync(CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<RunRecord>>(() => [.. _store.Runs.Values
            .Where(run => run.Owner is null or { _dead: true })
            .OrderBy(run => run.Record.CreatedAt).ThenBy(run => run.Order).Select(run => run.Read())
            .Where(run => run is { State: RunState.Interrupted, Error: null } or { State: RunState.Waiting })]);

    public Task<bool> TryLeaseAsync(string runId, CancellationToken cancellationToken) => Locked(() =>
    {
        var run = Known(runId);
        if (run.Owner is { } owner && owner != this && !owner._dead)
            return false;

        Lease(run);
        return true;
    });

    public Task AppendAsync(string runId, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken) => Locked(() =>
    {
        var run = Known(runId);
        if (run.Owner != this || run.Epoch != _epochs[runId])
            throw new LeaseLostException(runId);

        foreach (var entry in entries)
            run.Apply(entry);
        return true;
    });

    public Task<IReadOnlyList<SettledItem>> ReadSettledAsync(string runId, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<SettledItem>>(() => [.. Known(runId).Settled.Values.OrderBy(item => item.Sequence)]);

    public Task<IReadOnlyList<CallRecord>> ReadCallsAsync(string runId, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<CallRecord>>(() => Known(runId).ReadCalls());

    public Task<IReadOnlyList<RunEvent>> ReadEventsAsync(string runId, long after, int limit, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<RunEvent>>(() => [.. Known(runId).Events.Where(item => item.Sequence > after).Take(limit)]);

    public Task<IReadOnlyDictionary<string, string>> ReadSnapshotsAsync(string runId, CancellationToken cancellationToken) =>
        Locked<IReadOnlyDictionary<string, string>>(() => new Dictionary<string, string>(Known(runId).Snapshots));

    public Task<bool> RequestCancelAsync(string runId, CancellationToken cancellationToken) => Locked(() =>
    {
        if (!_store.Runs.TryGetValue(runId, out var run) || run.Record.State.HasEnded())
            return false;

        if (run.Owner is null or { _dead: true })
            run.Record = run.Record with { State = RunState.Cancelled, EndedAt = _time.GetUtcNow(), WaitingFor = null, WaitingUntil = null };
        else
            run.CancelRequested = true;
        return true;
    });

    public Task<bool> OrderAsync(string runId, RunOrder order, CancellationToken cancellationToken) => Locked(() =>
    {
        if (!_store.Runs.TryGetValue(runId, out var run) || run.Record.State.HasEnded())
            return false;

        if (run.Owner is { _dead: false })
        {
            _store.Orders.Add((runId, order));
            return true;
        }

        if (order.Kind != RunOrderKind.Pause || run.Record.State is RunState.Planned or RunState.Paused)
            return false;
        run.Record = run.Record with { State = RunState.Paused, WaitingFor = null, WaitingUntil = null };
        return true;
    });

    public IAgentSlots ShareSlots(string pool, int width) => UnsharedSlots.Instance;

    public Task<RunRequests> ReadRequestsAsync(CancellationToken cancellationToken) => Locked(() =>
    {
        var mine = _store.Runs.Values.Where(run => run.Owner == this).ToList();
        var orders = _store.Orders.Where(order => _store.Runs[order.RunId].Owner == this).ToList();
        _store.Orders.RemoveAll(order => _store.Runs[order.RunId].Owner == this);
        return new RunRequests
        {
            Orders = orders,
            Cancel = [.. mine.Where(run => run.CancelRequested).Select(run => run.Record.Id)],
            Answered = [.. mine.Where(run => run.Questions.HasUnsettledAnswer).Select(run => run.Record.Id)],
        };
    });

    public Task<IReadOnlyList<QuestionRecord>> ReadQuestionsAsync(string runId, CancellationToken cancellationToken) =>
        Locked(() => Known(runId).Questions.Read());

    public Task<bool> AnswerQuestionAsync(string runId, int number, string? answerJson, CancellationToken cancellationToken) => Locked(() =>
        _store.Runs.TryGetValue(runId, out var run)
        && !run.Record.State.HasEnded()
        && run.Questions.Answer(number, answerJson, _time.GetUtcNow()));

    public Task<LessonBook> ReadLessonsAsync(string project, CancellationToken cancellationToken) =>
        Locked(() => _store.Lessons.GetValueOrDefault(project) ?? new LessonBook());

    public Task<LessonBook> ChangeLessonsAsync(string project, Func<LessonBook, LessonBook> change, CancellationToken cancellationToken) =>
        Locked(() => _store.Lessons[project] = change(_store.Lessons.GetValueOrDefault(project) ?? new LessonBook()));

    public ValueTask DisposeAsync()
    {
        lock (_store)
            _dead = true;
        return ValueTask.CompletedTask;
    }

    internal bool IsDead => _dead;

    private void Lease(MemoryRun run)
    {
        run.Owner = this;
        run.CancelRequested = false;
        _store.Orders.RemoveAll(order => order.RunId == run.Record.Id);
        _epochs[run.Record.Id] = ++run.Epoch;
    }

    private MemoryRun Known(string runId) => _store.Runs.TryGetValue(runId, out var run)
        ? run
        : throw new JournalException($"There is no run '{runId}' in this journal.");

    private Task<T> Locked<T>(Func<T> action)
    {
        lock (_store)
        {
            try
            {
                ObjectDisposedException.ThrowIf(_dead, this);
                return Task.FromResult(action());
            }
            catch (Exception failure) when (failure is JournalException or LessonException or ObjectDisposedException)
            {
                return Task.FromException<T>(failure);
            }
        }
    }
}
