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

    /// <summary>The script's side logs what failed and why; what an agent is blamed for already is only counted.</summary>
    public void BranchFailed(BranchFailed branch)
    {
        if (branch.OfAgent)
        {
            board.BranchFailed(null);
            return;
        }

        var failure = new FailureStatus(0, branch.Where, branch.Phase, branch.Message, 0, null, "branch");
        board.BranchFailed(failure);
        events.Branch(failure);
    }

    public void Asked(QuestionRecord question)
    {
        board.Asked(question);
        events.Question(question);
    }

    public void Answered(QuestionRecord question)
    {
        board.Answered(question);
        events.Question(question);
    }

    /// <summary>The run begins to wait, or goes on.</summary>
    public void Waits(RunWait? wait)
    {
        board.Waits(wait);
        if (wait is null)
            events.GoesOn();
        else
            events.State(RunState.Waiting, null, wait);
    }

    public void Asked(CallRecord call) => board.Asked(call);

    public void Admitted(CallRecord call)
    {
        board.Admitted(call);
        events.Call(call, "running");
    }

    public void Postponed(CallRecord call, AgentOutcome spent)
    {
        board.Postponed(call, spent);
        events.Call(call, "postponed");
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
