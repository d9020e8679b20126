using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>Says what happens in a run twice: on the board for readings, as events for whoever follows.</summary>
/// <param name="moved">Called when a call passed the gate, or came back.</param>
internal sealed class RunReport(RunBoard board, RunEvents events, TimeProvider time, Action moved)
{
    /// <summary>A script that logs without end must not fill the disk: from here on lines are held back for a while.</summary>
    private const int FreeLines = RunBoard.KeptLogLines;

    private const int MaxLine = 10_000;

    private const int CallsPerEvent = 250;

    private static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(10);

    private readonly Queue<(string Level, string Text)> _held = new();
    private DateTimeOffset _heldUntil;
    private int _lines;
    private int _leftOut;

    public void Phase(string title)
    {
        board.Phase(title);
        events.Phase(title);
    }

    public void Log(string level, string text)
    {
        text = CutText.At(text, MaxLine);
        board.Log(text);
        if (++_lines <= FreeLines)
        {
            events.Log(level, text);
            return;
        }

        _held.Enqueue((level, text));
        if (_held.Count > RunBoard.KeptLogLines)
        {
            _held.Dequeue();
            _leftOut++;
        }

        if (time.GetUtcNow() >= _heldUntil)
            TellHeldLines();
    }

    /// <summary>Tells the last of the lines that were held back; the board has them already.</summary>
    public void TellHeldLines()
    {
        _heldUntil = time.GetUtcNow() + HoldTime;
        if (_leftOut > 0)
            events.Log("warn", $"({_leftOut} lines are left out: only the last {RunBoard.KeptLogLines} are kept.)");
        _leftOut = 0;
        while (_held.TryDequeue(out var line))
            events.Log(line.Level, line.Text);
    }

    /// <summary>The script's side logs what failed and why; what an agent is blamed for already is only counted.</summary>
    public void BranchFailed(BranchFailed branch)
    {
        if (branch.OfAgent)
        {
            board.BranchFailed(null);
            return;
        }

        var failure = new FailureStatus(0, branch.Where, branch.Phase, branch.Message, 0, null, FailureStatus.Branch);
        if (board.BranchFailed(failure))
            events.Branch(failure);
    }

    public void Asked(QuestionRecord question) => events.Question(question);

    /// <summary>The question is on disk, so that whoever sees it can answer it.</summary>
    public void Shows(QuestionRecord question) => board.Asked(question);

    public void Answered(QuestionRecord question)
    {
        board.Answered(question);
        events.Question(question);
    }

    /// <summary>The run begins to wait.</summary>
    public void Waits(RunWait wait) => events.State(RunState.Waiting, null, wait);

    /// <summary>That it waits is on disk, and will be true after a crash.</summary>
    public void Shows(RunWait wait) => board.Waits(wait);

    /// <summary>A person pauses the run; what is at work finishes.</summary>
    public void Paused()
    {
        board.Paused();
        events.State(RunState.Paused);
    }

    public void GoesOn()
    {
        board.Waits(null);
        events.GoesOn();
    }

    public void Asked(CallRecord call) => board.Asked(call);

    /// <summary>Calls of one turn that wait for their turn at the gate: told together, since there may be a thousand of them.</summary>
    public void Queued(IReadOnlyList<(CallRecord Call, int Line)> calls)
    {
        for (var i = 0; i < calls.Count; i += CallsPerEvent)
            events.Queued([.. calls.Skip(i).Take(CallsPerEvent)]);
    }

    public void Admitted(CallRecord call)
    {
        board.Admitted(call);
        events.Call(call, "running");
        moved();
    }

    public void Postponed(CallRecord call, AgentOutcome spent)
    {
        board.Postponed(call, spent);
        events.Call(call, "postponed");
    }

    public void Restarted(CallRecord call)
    {
        board.Postponed(call, new AgentOutcome { Kind = AgentOutcomeKind.Skipped });
        events.Call(call, "restarted");
    }

    public void Ended(CallRecord call, AgentOutcome outcome)
    {
        board.Ended(call, outcome);
        events.Call(call with { Outcome = outcome }, call.FromJournal ? "fromJournal" : outcome.ToCallState().ToString().ToLowerInvariant());
        if (!call.FromJournal)
            moved();
    }

    public void Cancelled(CallRecord call)
    {
        board.Cancelled(call);
        events.Call(call, "cancelled");
    }
}
