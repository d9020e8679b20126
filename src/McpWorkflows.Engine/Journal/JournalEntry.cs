using System.Globalization;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Journal;

/// <summary>Something to be appended to a run.</summary>
public abstract record JournalEntry;

/// <summary>The run changed; replaces state, totals, result, error and end.</summary>
public sealed record RunChanged : JournalEntry
{
    public required RunState State { get; init; }

    public required RunTotals Totals { get; init; }

    public string? ResultJson { get; init; }

    public string? Error { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>For <see cref="RunState.Waiting"/>.</summary>
    public WaitingFor? WaitingFor { get; init; }

    /// <summary>For <see cref="RunState.Waiting"/>: when the run goes on by itself; null when it does not.</summary>
    public DateTimeOffset? WaitingUntil { get; init; }

    /// <summary>The owner lets go of the run although it has not ended, as when it unloads one that waits.</summary>
    public bool Release { get; init; }

    /// <summary>With this the owner's lease ends.</summary>
    public bool EndsLease => Release || State == RunState.Interrupted || State.HasEnded();
}

/// <summary>A resume gave the run another script, settings or arguments.</summary>
public sealed record RunEdited(string Name, string Script, string FileName, string? ArgsJson, RunSettings Settings) : JournalEntry;

/// <summary>A call of <c>agent()</c> was asked for. Written with its outcome or before it; the number is unique in the run.</summary>
public sealed record CallOpened(CallRecord Call) : JournalEntry;

/// <summary>An item was settled and has its place. Replaces an earlier settlement of the same identity.</summary>
public sealed record ItemSettled(SettledItem Item) : JournalEntry;

/// <summary>An item's settlement counts no more: it will be run again.</summary>
public sealed record ItemDropped(ItemKey Key) : JournalEntry;

/// <summary>
/// The script asks a person. The question counts as asked until it is answered or its item is settled or dropped; opened again
/// under the same key, it replaces all but the answer. The number is unique in the run.
/// </summary>
public sealed record QuestionOpened(QuestionRecord Question) : JournalEntry;

/// <summary>An event for whoever watches.</summary>
public sealed record EventAppended(RunEvent Event) : JournalEntry;

/// <summary>A text as the run first used it; the first one under a key stays.</summary>
public sealed record SnapshotTaken(string Key, string Text) : JournalEntry;

/// <summary>What was asked and in which occurrence: the identity by which a replay finds it.</summary>
/// <param name="Hash">Lower-case hex of SHA-256 over the content.</param>
/// <param name="Ordinal">From 1, among items of equal content.</param>
public sealed record ItemKey(ItemKind Kind, string Hash, int Ordinal);

/// <summary>Kinds of items a script can wait for.</summary>
public enum ItemKind
{
    Agent,
    Timer,
    Workflow,
    Question,
}

/// <summary>A settled item: an answer, a failure, a fired timer, a loaded child script.</summary>
public sealed record SettledItem
{
    public required ItemKey Key { get; init; }

    /// <summary>Place in the run's one completion sequence, from 1.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>For agents.</summary>
    public AgentOutcome? Outcome { get; init; }

    /// <summary>For questions: what the script was told, by a person, by default or by timeout; null for no answer.</summary>
    public string? AnswerJson { get; init; }

    /// <summary>For child workflows that could not be loaded: what the script was told.</summary>
    public string? Error { get; init; }

    /// <summary>Number of the call in <see cref="CallRecord.Number"/>; 0 for other kinds.</summary>
    public int CallNumber { get; init; }
}

/// <summary>A call of <c>agent()</c> for displays and reports.</summary>
public sealed record CallRecord
{
    public required int Number { get; init; }

    public required ItemKey Key { get; init; }

    public required string Label { get; init; }

    public string? Phase { get; init; }

    public required string Prompt { get; init; }

    public required AgentOptions Options { get; init; }

    public required CallState State { get; init; }

    public bool FromJournal { get; init; }

    public AgentOutcome? Outcome { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>People name calls by label or number.</summary>
    public bool IsNamed(string name) => Label == name || Number.ToString(CultureInfo.InvariantCulture) == name;
}

/// <summary>Where a call stands.</summary>
public enum CallState
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Skipped,
    Cancelled,
}

/// <summary>One event of a run.</summary>
/// <param name="Sequence">From 1 and without gaps within the run.</param>
/// <param name="Kind"><c>phase</c>, <c>log</c>, <c>queued</c>, <c>call</c>, <c>branch</c>, <c>question</c>, <c>state</c>.</param>
/// <param name="PayloadJson">JSON object.</param>
public sealed record RunEvent(long Sequence, DateTimeOffset Time, string Kind, string PayloadJson);
