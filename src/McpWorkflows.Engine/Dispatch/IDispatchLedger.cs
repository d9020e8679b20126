using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Dispatch;

/// <summary>
/// The record of calls that are handed to workers, shared by all servers and workers of a journal. Messages only say that there is
/// something to do: prompts and answers are here, and it is here that each attempt gets one worker at a time and one outcome.
/// What a completed operation has written is durable. Safe for use from any thread; rides out outages of the database until
/// cancelled. When a run settles the call, the same commit takes it out of the ledger.
/// </summary>
public interface IDispatchLedger
{
    /// <summary>
    /// Enters a call. One that is there under the same key, waiting, claimed or with an outcome that the run has not settled
    /// yet, stays as it is and is given back: a new owner of the run finds what the old one's calls came to. One that was withdrawn is
    /// entered again as the next attempt. Throws <see cref="LeaseLostException"/> when this process does not hold the run.
    /// </summary>
    Task<PostedCall> PostAsync(string runId, ItemKey key, string requestJson, CancellationToken cancellationToken);

    /// <summary>Gives the call to a worker, unless it has an outcome, was withdrawn, or a living worker has it.</summary>
    Task<CallClaim> ClaimAsync(CallTicket ticket, string worker, CancellationToken cancellationToken);

    /// <summary>The worker gives the call back unfinished, as if it had never had it; for one that is told to stop.</summary>
    Task ReleaseAsync(CallTicket ticket, string worker, CancellationToken cancellationToken);

    /// <summary>The call's outcome. The first one of an attempt counts; false for any other, and for an attempt that was withdrawn.</summary>
    Task<bool> CompleteAsync(CallTicket ticket, string outcomeJson, CancellationToken cancellationToken);

    /// <summary>Those of the calls that have an outcome.</summary>
    Task<IReadOnlyList<CompletedCall>> ReadCompletedAsync(IReadOnlyCollection<CallTicket> tickets, CancellationToken cancellationToken);

    /// <summary>
    /// The owner wants no outcome of this attempt any more; a worker that holds it hears of it with its next sign of life. False, and
    /// nothing is changed, when another process holds the run: it may wait for this very attempt.
    /// </summary>
    Task<bool> WithdrawAsync(CallTicket ticket, CancellationToken cancellationToken);

    /// <summary>
    /// A worker's sign of life, with what it can do; it counts as living for <paramref name="lifetime"/> by the database's clock.
    /// Gives those of the calls it holds that nobody wants any more: withdrawn, settled, or gone with their run.
    /// </summary>
    /// <param name="held">Calls that it works on or waits for.</param>
    Task<IReadOnlyList<CallTicket>> BeatAsync(WorkerCard worker, TimeSpan lifetime, IReadOnlyCollection<CallTicket> held, CancellationToken cancellationToken);

    /// <summary>The worker leaves; what it has claimed is given back.</summary>
    Task LeaveAsync(string worker, CancellationToken cancellationToken);

    /// <summary>Living workers by name.</summary>
    Task<IReadOnlyList<WorkerCard>> ListWorkersAsync(CancellationToken cancellationToken);
}

/// <summary>One attempt of one call, the same in all processes.</summary>
/// <param name="Attempt">From 1; counts what the owner asked for, not deliveries.</param>
public sealed record CallTicket(string RunId, ItemKey Key, int Attempt);

/// <summary>A call as it stands in the ledger after it was posted.</summary>
/// <param name="OutcomeJson">Null while there is none.</param>
/// <param name="Worker">The living worker that has it; null for none.</param>
public sealed record PostedCall(CallTicket Ticket, string? OutcomeJson, string? Worker);

/// <summary>An outcome that the run has not settled yet.</summary>
public sealed record CompletedCall(CallTicket Ticket, string OutcomeJson);

/// <summary>What came of asking for a call.</summary>
/// <param name="RequestJson">Set if and only if the worker has got it.</param>
/// <param name="Claims">How often workers have got this attempt and did not give it back, this time included.</param>
public sealed record CallClaim(CallClaimKind Kind, string? RequestJson = null, int Claims = 0);

/// <summary>Answers to a worker that asks for a call.</summary>
public enum CallClaimKind
{
    /// <summary>The call is the worker's.</summary>
    Taken,

    /// <summary>A living worker has it, this one perhaps.</summary>
    Held,

    /// <summary>There is nothing to do any more: it has an outcome, was withdrawn or settled.</summary>
    Over,
}

/// <summary>What a worker says of itself.</summary>
public sealed record WorkerCard
{
    /// <summary>Unique among the living; machine and process.</summary>
    public required string Name { get; init; }

    /// <summary>Calls it works on at once.</summary>
    public required int Width { get; init; }

    /// <summary>Models it can ask, <c>provider/name</c> with <c>*</c> for any.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>What calls may need besides: tool servers and programs by name, with <c>*</c> for any.</summary>
    public required IReadOnlyList<string> Tools { get; init; }

    /// <summary>Workspaces it can work in: <c>none</c>, addresses of git repositories, with <c>*</c> for any.</summary>
    public required IReadOnlyList<string> Workspaces { get; init; }
}
