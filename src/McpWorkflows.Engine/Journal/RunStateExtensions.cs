namespace McpWorkflows.Engine.Journal;

/// <summary>Readings of a run's state.</summary>
public static class RunStateExtensions
{
    /// <summary>The run has come to an end of its own or by a person; its owner has let go of it.</summary>
    public static bool HasEnded(this RunState state) =>
        state is RunState.Completed or RunState.CompletedWithFailures or RunState.Failed or RunState.Cancelled;

    /// <summary>What a run waits for, in texts for users.</summary>
    public static string ToText(this WaitingFor waitingFor) => waitingFor.ToString().ToLowerInvariant();

    /// <summary>The state in texts for users: snake_case.</summary>
    public static string ToText(this RunState state) => state switch
    {
        RunState.CompletedWithFailures => "completed_with_failures",
        _ => state.ToString().ToLowerInvariant(),
    };
}
