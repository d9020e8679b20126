using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>Says what happens in a run twice: on the board for readings, as events for whoever follows.</summary>
internal sealed class RunReport(RunBoard board, RunEvents events)
{
    public void Phase(string title)
    {
        board.Phase(title);
        events.Phase(title);
    }

    public void Log(string level, string text)
    {
        board.Log(text);
        events.Log(level, text);
    }

    /// <summary>Counted only: the script's side logs what failed and why.</summary>
    public void BranchFailed() => board.BranchFailed();

    public void Asked(CallRecord call) => board.Asked(call);

    public void Admitted(CallRecord call)
    {
        board.Admitted(call);
        events.Call(call, "running");
    }

    public void Ended(CallRecord call, AgentOutcome outcome)
    {
        board.Ended(call, outcome);
        events.Call(call with { Outcome = outcome }, call.FromJournal ? "fromJournal" : outcome.ToCallState().ToString().ToLowerInvariant());
    }

    public void Cancelled(CallRecord call)
    {
        board.Cancelled(call);
        events.Call(call, "cancelled");
    }
}
