using McpWorkflows.Agents.Faults;

namespace McpWorkflows.Agents.Limits;

/// <summary>A request that asks for admission.</summary>
/// <param name="Tokens">Estimate, input and output together.</param>
/// <param name="Failures">Attempts of this request that failed before.</param>
/// <param name="Patience">Attempts after the first that may fail.</param>
internal sealed record LimitTicket(double Tokens, int Failures, Patience Patience);

/// <summary>The permit, or why there is none: the fault and how many attempts, of its own or of others, came to it.</summary>
internal sealed record Admission(Permit? Permit, Fault? Fault, int Failures);

/// <summary>A request that waits for admission.</summary>
internal sealed class LimitWaiter(LimitTicket ticket, int rounds)
{
    public LimitTicket Ticket => ticket;

    /// <summary>
    /// Rounds in which the provider had failed when this one began to wait. One that has not failed itself counts them
    /// too: it need not find out once more what others have.
    /// </summary>
    public int Rounds => rounds;

    public TaskCompletionSource<Admission> Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
