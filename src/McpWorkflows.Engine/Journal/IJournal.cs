using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Lessons;

namespace McpWorkflows.Engine.Journal;

/// <summary>
/// The durable record of runs. Whatever a completed <see cref="AppendAsync"/> was given survives a power cut. Safe
/// for use from any thread; appends of one run take effect in the order of the calls. While a journal that is a server is away,
/// appends wait until it is back, and everything else throws <see cref="JournalAwayException"/> within seconds.
/// </summary>
public interface IJournal : ILessonStore, IAsyncDisposable
{
    /// <summary>While the journal cannot be reached: since when and why, in a sentence for people. Null when all is well, as far as is known.</summary>
    string? Outage => null;

    /// <summary>Writes a new run and leases it to this process.</summary>
    Task CreateRunAsync(RunRecord run, CancellationToken cancellationToken);

    /// <summary>The same, with the run's first entries in the same commit: all or nothing.</summary>
    Task CreateRunAsync(RunRecord run, IReadOnlyList<JournalEntry> first, CancellationToken cancellationToken);

    /// <summary>The run, or null. A run that its record calls running but whose owner is dead reads as <see cref="RunState.Interrupted"/>.</summary>
    Task<RunRecord?> FindRunAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Runs, newest first, with the same reading of dead owners.</summary>
    Task<IReadOnlyList<RunRecord>> ListRunsAsync(int limit, CancellationToken cancellationToken);

    /// <summary>
    /// What a server finds to go on with: interrupted runs, unless they stopped on an error, and waiting ones that no living owner
    /// holds; oldest first.
    /// </summary>
    Task<IReadOnlyList<RunRecord>> ListUnattendedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Leases an existing run to this process. False when another live process holds it. The lease's epoch rises
    /// each time, and an append under an older epoch fails with <see cref="LeaseLostException"/>. A cancel asked for
    /// before counts no more. The lease ends with the owner, or with the commit of a <see cref="RunChanged"/> that ends,
    /// interrupts or releases the run.
    /// </summary>
    Task<bool> TryLeaseAsync(string runId, CancellationToken cancellationToken);

    /// <summary>
    /// Commits entries of one leased run, in order, all or none. Appends that arrive together share one commit.
    /// Completes when they are on disk.
    /// </summary>
    Task AppendAsync(string runId, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken);

    /// <summary>Everything that was settled in the run and not dropped since, by place.</summary>
    Task<IReadOnlyList<SettledItem>> ReadSettledAsync(string runId, CancellationToken cancellationToken);

    /// <summary>
    /// The calls of a run by number, each as last opened. Where the record holds no outcome it is taken from the
    /// settlement of the same key, if there is one, so that an answer need be written only once.
    /// </summary>
    Task<IReadOnlyList<CallRecord>> ReadCallsAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Events with a sequence above <paramref name="after"/>, at most <paramref name="limit"/>, in order.</summary>
    Task<IReadOnlyList<RunEvent>> ReadEventsAsync(string runId, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Snapshotted texts of a run (child scripts, …) by key.</summary>
    Task<IReadOnlyDictionary<string, string>> ReadSnapshotsAsync(string runId, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the run's owner, whichever process that is, to cancel it. False when the run is unknown or ended. A run
    /// without a living owner is set to cancelled at once.
    /// </summary>
    Task<bool> RequestCancelAsync(string runId, CancellationToken cancellationToken);

    /// <summary>
    /// Tells the run's owner, whichever process that is, what a person wants. False when the run is unknown or ended, or has
    /// no living owner; such a run is paused at once, unless it is planned or paused already. Orders end with the lease.
    /// </summary>
    Task<bool> OrderAsync(string runId, RunOrder order, CancellationToken cancellationToken);

    /// <summary>
    /// Slots that all processes with this journal share, on this machine or, with a journal of several machines, on all of them;
    /// they go with the process, however it ends.
    /// </summary>
    /// <param name="pool">What they are slots of: <see cref="SlotPool.Agents"/>, or a provider's name.</param>
    /// <param name="width">How many there are, if all say the same; else each uses as many as it says.</param>
    IAgentSlots ShareSlots(string pool, int width);

    /// <summary>The record of calls handed to workers; null with a journal that serves one machine.</summary>
    IDispatchLedger? Dispatch => null;

    /// <summary>What others want of the runs leased to this process; polled by owners.</summary>
    Task<RunRequests> ReadRequestsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Completes when the run, or with null one that is leased to this process, may have changed for what others did; at the latest
    /// after <paramref name="atMost"/>. For those who poll: it may come early, and a change just before the call may be missed.
    /// </summary>
    /// <param name="time">Measures <paramref name="atMost"/>.</param>
    Task WaitForChangeAsync(string? runId, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken) =>
        Task.Delay(atMost, time, cancellationToken);

    /// <summary>The questions of a run by number, answered ones included.</summary>
    Task<IReadOnlyList<QuestionRecord>> ReadQuestionsAsync(string runId, CancellationToken cancellationToken);

    /// <summary>
    /// Answers a question of a run that has not ended, from whichever process; the first answer wins. False when the
    /// run or the question is unknown, the run has ended, or there is an answer already. An owner whose question timed
    /// out answers it the same way, and then settles what <see cref="ReadQuestionsAsync"/> says: a person may have been first.
    /// </summary>
    /// <param name="answerJson">Null for no answer: the time is up and there is no default.</param>
    Task<bool> AnswerQuestionAsync(string runId, int number, string? answerJson, CancellationToken cancellationToken);
}

/// <summary>The journal cannot do what was asked; the message names cause and remedy.</summary>
public class JournalException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The journal cannot be reached now, and nothing of what was asked has been done; the message names cause and remedy.</summary>
public sealed class JournalAwayException(string message, Exception? innerException = null) : JournalException(message, innerException);

/// <summary>Another process has taken the run over; this one may write nothing more of it.</summary>
public sealed class LeaseLostException(string runId)
    : JournalException($"Run {runId} has been taken over by another process.");
