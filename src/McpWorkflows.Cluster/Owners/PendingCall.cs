using McpWorkflows.Cluster.Calls;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;

namespace McpWorkflows.Cluster.Owners;

/// <summary>A call of this process whose outcome is awaited.</summary>
internal sealed class PendingCall(CallTicket ticket, CallNeed need, AgentRequest request, string requestJson, IProgress<AgentProgress> progress, long now)
{
    private readonly TaskCompletionSource<AgentOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastSign = now;

    public CallTicket Ticket => ticket;

    public CallNeed Need => need;

    public AgentRequest Request => request;

    public string RequestJson => requestJson;

    public Task<AgentOutcome> Outcome => _outcome.Task;

    /// <summary>Timestamp of the last that was heard of it.</summary>
    public long LastSign
    {
        get => Volatile.Read(ref _lastSign);
        set => Volatile.Write(ref _lastSign, value);
    }

    /// <summary>The broker has its message. Before that nobody need look after it.</summary>
    public bool IsPublished { get; set; }

    /// <summary>The last search found it with nobody.</summary>
    public bool WasMissing { get; set; }

    public void Report(AgentProgress value) => progress.Report(value);

    /// <summary>The first outcome counts.</summary>
    public void Complete(AgentOutcome outcome) => _outcome.TrySetResult(outcome);
}
