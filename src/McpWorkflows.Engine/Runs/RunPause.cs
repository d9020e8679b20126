namespace McpWorkflows.Engine.Runs;

/// <summary>
/// A person's pause: calls at work finish and are journaled, none starts, and the script is told nothing. When the last
/// one is done the run leaves the memory, so that a pause outlives its process. Used by the run's actor only.
/// </summary>
internal sealed class RunPause(AgentCalls calls, RunWaiting waiting, RunTally tally, RunReport report)
{
    public bool IsOn { get; private set; }

    /// <summary>Nothing is at work any more; all outcomes are in the mailbox.</summary>
    public bool IsReached => calls.AtWork == 0;

    /// <summary>False when it is on already.</summary>
    public bool Begin()
    {
        if (IsOn)
            return false;

        IsOn = true;
        waiting.Leave();
        calls.Hold();
        report.Paused();
        tally.NotePaused();
        return true;
    }

    /// <summary>False when there is no pause to end.</summary>
    public bool End()
    {
        if (!IsOn)
            return false;

        IsOn = false;
        report.GoesOn();
        tally.Note(null);
        calls.Continue();
        return true;
    }
}
