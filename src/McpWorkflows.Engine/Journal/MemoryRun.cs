using McpWorkflows.Engine.Lessons;

namespace McpWorkflows.Engine.Journal;

/// <summary>What all owners of a memory journal share; also the lock they take.</summary>
internal sealed class MemoryStore
{
    public Dictionary<string, MemoryRun> Runs { get; } = [];

    /// <summary>What owners have not heard yet, in the order of its coming.</summary>
    public List<(string RunId, RunOrder Order)> Orders { get; } = [];

    /// <summary>By project.</summary>
    public Dictionary<string, LessonBook> Lessons { get; } = [];
}

/// <summary>One run in a memory journal.</summary>
internal sealed class MemoryRun(RunRecord record, int order)
{
    private readonly SortedDictionary<int, CallRecord> _calls = [];

    public RunRecord Record { get; set; } = record;

    /// <summary>Tells runs of the same moment apart.</summary>
    public int Order { get; } = order;

    public MemoryJournal? Owner { get; set; }

    public int Epoch { get; set; }

    public bool CancelRequested { get; set; }

    public Dictionary<ItemKey, SettledItem> Settled { get; } = [];

    public MemoryQuestions Questions { get; } = new();

    public List<RunEvent> Events { get; } = [];

    public Dictionary<string, string> Snapshots { get; } = [];

    public RunRecord Read() => Record.State == RunState.Running && (Owner is null || Owner.IsDead)
        ? Record with { State = RunState.Interrupted }
        : Record;

    public IReadOnlyList<CallRecord> ReadCalls() => [.. _calls.Values.Select(call =>
        call.Outcome is null && Settled.TryGetValue(call.Key, out var item) ? call with { Outcome = item.Outcome } : call)];

    public void Apply(JournalEntry entry)
    {
        switch (entry)
        {
            case RunChanged change:
                Change(change);
                break;
            case RunEdited edit:
                Record = Record with
                {
                    Name = edit.Name,
                    Script = edit.Script,
                    FileName = edit.FileName,
                    ArgsJson = edit.ArgsJson,
                    Settings = edit.Settings,
                };
                break;
            case CallOpened opened:
                _calls[opened.Call.Number] = opened.Call;
                break;
            case ItemSettled settled:
                Settled[settled.Item.Key] = settled.Item;
                Questions.Settle(settled.Item);
                break;
            case ItemDropped dropped:
                Settled.Remove(dropped.Key);
                Questions.Reopen(dropped.Key);
                break;
            case QuestionOpened opened:
                Questions.Open(opened.Question);
                break;
            case EventAppended appended:
                Events.Add(appended.Event);
                break;
            case SnapshotTaken snapshot:
                Snapshots.TryAdd(snapshot.Key, snapshot.Text);
                break;
            default:
                throw new JournalException($"This journal does not know entries of the kind '{entry.GetType().Name}'.");
        }
    }

    private void Change(RunChanged change)
    {
        Record = Record with
        {
            State = change.State,
            Totals = change.Totals,
            ResultJson = change.ResultJson,
            Error = change.Error,
            EndedAt = change.EndedAt,
            WaitingFor = change.WaitingFor,
            WaitingUntil = change.WaitingUntil,
        };
        if (change.EndsLease)
        {
            Owner = null;
            CancelRequested = false;
        }
    }
}
