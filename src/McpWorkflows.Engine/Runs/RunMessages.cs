using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Runs;

/// <summary>What reaches a run's mailbox.</summary>
internal abstract record RunMessage;

/// <summary>A call passed the gate.</summary>
internal sealed record CallAdmitted(PendingItem Item) : RunMessage;

/// <summary>A call is over; without an outcome it was cancelled.</summary>
internal sealed record CallEnded(PendingItem Item, AgentOutcome? Outcome) : RunMessage
{
    /// <summary>Completed when the outcome is in the journal.</summary>
    public TaskCompletionSource OnDisk { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A call waits for a quota; <paramref name="Spent"/> is what the host said, if it was this call that was told.</summary>
internal sealed record CallPostponed(PendingItem Item, QuotaWall Wall, AgentOutcome? Spent) : RunMessage;

/// <summary>The attempt of a call at work was ended by a person; it begins again.</summary>
internal sealed record CallRestarted(PendingItem Item) : RunMessage;

/// <summary>The quota is there again, and the call queues at the gate as before.</summary>
internal sealed record CallRequeued(PendingItem Item) : RunMessage;

/// <summary>The agent host has something for the run's log.</summary>
internal sealed record HostSaid(string Text) : RunMessage;

/// <summary>Somebody answered a question, or said so: the journal is to be asked.</summary>
/// <param name="Taken">Completed when the run has taken note.</param>
internal sealed record AnswersArrived(TaskCompletionSource Taken) : RunMessage;

/// <summary>The run's questions as they stand in the journal; null when it could not be read.</summary>
internal sealed record QuestionsRead(IReadOnlyList<QuestionRecord>? Questions) : RunMessage;

/// <summary>A child workflow was read, or could not be: exactly one is set.</summary>
internal sealed record WorkflowLoaded(PendingItem Item, SavedWorkflow? Workflow, string? Error) : RunMessage;

/// <summary>A commit is on disk.</summary>
internal sealed record Committed(CommitBatch Batch) : RunMessage;

/// <summary>A commit failed; nothing of it or after it may be told to the script.</summary>
internal sealed record CommitFailed(CommitBatch Batch, IReadOnlyList<JournalEntry> Entries, Exception Failure) : RunMessage;

/// <summary>A timer is due, or buffered events are.</summary>
internal sealed record Woken : RunMessage
{
    public static Woken Message { get; } = new();
}

/// <summary>Somebody wants something of the run; told whether there was something to be done.</summary>
internal sealed record OrderGiven(RunOrder Order, TaskCompletionSource<bool> Done) : RunMessage;

/// <summary>Somebody stops the run.</summary>
internal sealed record StopAsked(RunEnd End) : RunMessage;
